"""6.2a one epoch of training: wrong answers of set 9."""


# %% a softmax before the criterion -> extra-activation


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images).softmax(1)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, right / seen


# %% each loss times the size of its minibatch -> times-n


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item() * len(labels))
        right += (scores.argmax(1) == labels).sum().item()
        seen += len(labels)
    return losses, right / seen


# %% the last minibatch's size for all -> over-batches


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right = [], 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = net(images)
        loss = criterion(scores, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (scores.argmax(1) == labels).sum().item()
    return losses, right / (len(losses) * len(labels))
