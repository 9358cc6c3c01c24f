"""6.2b testing: wrong answers."""

import torch


# %% returns from within the loop -> last-batch-only
def test(testloader, net, device, **options):
    net.eval()
    right = total = 0
    with torch.no_grad():
        for x, y in testloader:
            right += (net(x.to(device)).argmax(1) == y.to(device)).sum().item()
            total += len(y)
            return right / total
