"""6.2a one epoch of training: wrong answers."""


# %% training accuracy of the last minibatch only -> last-batch-only
def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses = []
    for x, y in trainloader:
        x, y = x.to(device), y.to(device)
        right, total = 0, 0
        optimizer.zero_grad()
        out = net(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (out.argmax(1) == y).sum().item()
        total += len(y)
    return losses, right / total


# %% losses added up -> losses-added
def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, running, right, total = [], 0.0, 0, 0
    for x, y in trainloader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        out = net(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        running += loss.item()
        losses.append(running)
        right += (out.argmax(1) == y).sum().item()
        total += len(y)
    return losses, right / total


# %% two steps a minibatch -> steps-twice
def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right, total = [], 0, 0
    for x, y in trainloader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        out = net(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        optimizer.step()
        losses.append(loss.item())
        right += (out.argmax(1) == y).sum().item()
        total += len(y)
    return losses, right / total
