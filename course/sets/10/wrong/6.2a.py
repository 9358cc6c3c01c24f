"""6.2a one epoch of training: wrong answers of set 10."""

import torch

# %% zero_grad once, before the loop -> gradients-accumulate


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    optimizer.zero_grad()
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, correct / seen


# %% zero_grad between backward and step -> no-step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, correct / seen


# %% no train mode -> wrong-mode


def train_epoch(trainloader, net, criterion, optimizer, device):
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, correct / seen


# %% mean of the minibatches' accuracies -> mean-of-batches


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
        accuracies.append((scores.argmax(1) == labels).float().mean().item())
    return losses, sum(accuracies) / len(accuracies)


# %% predictions after the step -> measured-after-step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        with torch.no_grad():
            correct += (net(images).argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, correct / seen


# %% one loss for the epoch -> number-for-list


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    total, correct, seen = 0.0, 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(labels)
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return total / seen, correct / seen


# %% per cent -> percent


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, 100 * correct / seen


# %% the step forgotten -> no-step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        losses.append(loss.item())
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, correct / seen
