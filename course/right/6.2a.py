"""6.2a one epoch of training: right answers, written differently."""

import torch

# %% numbers at once, gradients set to None


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train(True)
    losses, right, total = [], 0, 0
    for batch, labels in trainloader:
        batch, labels = batch.to(device), labels.to(device)
        output = net(batch)
        loss = criterion(output, labels)
        net.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += torch.eq(output.max(1).indices, labels).sum().item()
        total += labels.size(0)
    return losses, right / total


# %% a list of hits, gradients set to zero after the step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    optimizer.zero_grad()
    losses, hits = [], []
    for images, labels in trainloader:
        scores = net(images.to(device))
        loss = criterion(scores, labels.to(device))
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses += [float(loss.detach())]
        hits += (scores.argmax(dim=1).cpu() == labels.cpu()).tolist()
    return losses, sum(hits) / len(hits)
