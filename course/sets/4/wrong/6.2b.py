"""6.2b testing: wrong answers."""

import torch


# %% the highest score compared with the label -> none
def test(testloader, net, device, **options):
    net.eval()
    right = total = 0
    with torch.no_grad():
        for x, y in testloader:
            right += (net(x.to(device)).max(1).values == y.to(device)).sum().item()
            total += len(y)
    return right / total
