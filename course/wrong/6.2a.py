"""6.2a one epoch of training: wrong answers."""

import torch

# %% gradients add up from step to step -> gradients-accumulate


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
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


# %% no step -> no-step


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


# %% gradients set to zero before the step -> no-step


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


# %% the network stays in evaluation mode -> wrong-mode


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


# %% the mean of the minibatches' accuracies -> mean-of-batches


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


# %% the accuracy in per cent -> percent


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


# %% the accuracy of the last minibatch -> last-batch-only


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses = []
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        accuracy = (scores.argmax(1) == labels).float().mean().item()
    return losses, accuracy


# %% the loss of the last minibatch -> last-batch-only


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    correct, seen = 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return [loss.item()], correct / seen


# %% the scores are those after the step -> measured-after-step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, correct, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        criterion(net(images), labels).backward()
        optimizer.step()
        with torch.no_grad():
            scores = net(images)
            losses.append(criterion(scores, labels).item())
        correct += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, correct / seen
