"""6.2b testing: right answers, written differently."""

import torch


# %% inference mode as a decorator
@torch.inference_mode()
def test(testloader, net, device, **options):
    net.train(False)
    hits = [(net(x.to(device)).argmax(dim=-1) == y.to(device)).cpu() for x, y in testloader]
    return torch.cat(hits).double().mean().item()
