"""6.2a one epoch of training: wrong answers."""


# %% the accuracy is counted along the wrong axis -> none, exception
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
        right += int(out.argmax(dim=1).float().mean() == y.float().mean()) * len(y)
        total += len(y)
    return losses, right / total
