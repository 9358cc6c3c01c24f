"""6.2a one epoch of training: right answers of set 10."""

import torch

# %% items as Python numbers, gradients set to zero after the step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train(True)
    optimizer.zero_grad(set_to_none=False)
    history, correct, total = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        outputs = net(images)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        history.append(loss.item())
        _, predicted = torch.max(outputs.data, 1)
        total += labels.size(0)
        correct += (predicted == labels).sum().item()
    return history, correct / total


# %% hits as tensors that are joined at the end


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, hits = [], []
    for images, labels in trainloader:
        net.zero_grad()
        with torch.enable_grad():
            scores = net(images.to(device))
            loss = criterion(scores, labels.to(device))
        loss.backward()
        optimizer.step()
        losses.append(loss.detach().clone())
        hits.append(scores.detach().argmax(dim=1).eq(labels.to(device)))
    return losses, torch.cat(hits).double().mean().item()
