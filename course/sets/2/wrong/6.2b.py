"""6.2b testing: wrong answers."""

import torch


# %% hits over the number of minibatches -> over-batches
def test(testloader, net, device, **options):
    net.eval()
    right = 0
    with torch.no_grad():
        for x, y in testloader:
            right += (net(x.to(device)).argmax(1) == y.to(device)).sum().item()
    return right / len(testloader)


# %% eval comes after the loop -> wrong-mode
def test(testloader, net, device, **options):
    right, total = 0, 0
    with torch.no_grad():
        for x, y in testloader:
            right += (net(x.to(device)).argmax(1) == y.to(device)).sum().item()
            total += len(y)
    net.eval()
    return right / total


# %% the network is put back into training while it tests -> wrong-mode
def test(testloader, net, device, **options):
    right, total = 0, 0
    for x, y in testloader:
        net.eval()
        net.train()
        right += (net(x.to(device)).argmax(1) == y.to(device)).sum().item()
        total += len(y)
    return right / total
