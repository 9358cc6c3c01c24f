"""6.2a one epoch of training: wrong answers of set 11."""


# %% running mean of the losses in place of each loss -> losses-added


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, total, right, seen = [], 0.0, 0, 0
    for step, (images, labels) in enumerate(trainloader, 1):
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        total += loss.item()
        losses.append(total / step)
        right += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, right / seen


# %% divided by the loader's length times the first batch's size -> over-batches


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right, size = [], 0, None
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        size = size or len(labels)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (scores.argmax(1) == labels).sum().item()
    return losses, right / (len(losses) * size)
