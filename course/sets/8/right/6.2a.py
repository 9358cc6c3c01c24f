"""6.2a one epoch of training: right answers of set 8."""

import torch

# %% the gradients cleared after the step, a list of pairs


def train_epoch(trainloader, net, criterion, optimizer, device):
    optimizer.zero_grad(set_to_none=False)
    net = net.train(True).to(device)
    losses, hits = [], []
    for images, labels in iter(trainloader):
        images, labels = images.to(device, non_blocking=True), labels.to(device)
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=False)
        losses.append(loss.detach())
        hits.append(torch.eq(scores.detach().topk(1).indices[:, 0], labels))
    return torch.stack(losses).tolist(), torch.cat(hits).double().mean().item()


# %% a helper for one step, with enable_grad


def _step(net, criterion, optimizer, images, labels):
    with torch.enable_grad():
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
    optimizer.step()
    return loss.item(), int((scores.argmax(1) == labels).sum()), len(labels)


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    steps = [_step(net, criterion, optimizer, x.to(device), y.to(device)) for x, y in trainloader]
    losses, right, seen = (list(column) for column in zip(*steps))
    return losses, sum(right) / sum(seen)
