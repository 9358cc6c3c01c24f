"""6.2a one epoch of training: wrong answers."""

import torch


# %% accuracy after the step -> measured-after-step
# the scores that are counted come from a second pass after optimizer.step() where they should be those before it
def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses = []
    correct = total = 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        loss = criterion(net(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        with torch.no_grad():
            predicted = net(images).argmax(dim=1)
        correct += (predicted == labels).sum().item()
        total += labels.size(0)
    return losses, correct / total
