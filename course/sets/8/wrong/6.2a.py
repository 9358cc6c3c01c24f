"""6.2a one epoch of training: wrong answers of set 8."""

import torch

# %% the gradients are cleared once an epoch -> gradients-accumulate


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    optimizer.zero_grad()
    losses, right, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (scores.argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return losses, right / seen


# %% the mean of the batches' accuracies -> mean-of-batches


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, accuracies = [], []
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        accuracies.append((scores.argmax(dim=1) == labels).float().mean().item())
    return losses, sum(accuracies) / len(accuracies)


# %% the accuracy is counted after the epoch -> measured-after-step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        with torch.no_grad():
            right += (net(images).argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return losses, right / seen


# %% training mode is not switched on -> wrong-mode


def train_epoch(trainloader, net, criterion, optimizer, device):
    losses, right, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (scores.argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return losses, right / seen
