"""6.2a one epoch of training: wrong answers."""


# %% hits divided by the number of minibatches -> over-batches
def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right = [], 0
    for x, y in trainloader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        out = net(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (out.argmax(1) == y).sum().item()
    return losses, right / len(trainloader)


# %% the step before the backward pass -> step-before-backward
def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right, total = [], 0, 0
    for x, y in trainloader:
        x, y = x.to(device), y.to(device)
        out = net(x)
        loss = criterion(out, y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
        right += (out.argmax(1) == y).sum().item()
        total += len(y)
    return losses, right / total


# %% gradients are set to 0 once, above the loop -> gradients-accumulate
def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    optimizer.zero_grad()
    losses, right, total = [], 0, 0
    for x, y in trainloader:
        x, y = x.to(device), y.to(device)
        out = net(x)
        loss = criterion(out, y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (out.argmax(1) == y).sum().item()
        total += len(y)
    return losses, right / total


# %% the mean loss of the epoch -> number-for-list
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
        losses.append(loss.item())
        right += (out.argmax(1) == y).sum().item()
        total += len(y)
    return sum(losses) / len(losses), right / total


# %% accuracy and losses in the wrong order -> swapped-results
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
        losses.append(loss.item())
        right += (out.argmax(1) == y).sum().item()
        total += len(y)
    return right / total, losses
