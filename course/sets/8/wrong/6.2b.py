"""6.2b testing: wrong answers of set 8."""

import torch

# %% no evaluation mode -> wrong-mode


@torch.no_grad()
def predict(testloader, net, device, *, flip=False, shift=0):
    return torch.cat([net(images.to(device)).cpu() for images, _ in testloader])


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return (predict(testloader, net, device, **options).argmax(dim=1) == labels).float().mean().item()


# %% the mean of the batches' accuracies -> mean-of-batches


def test(testloader, net, device, **options):
    net.eval()
    accuracies = []
    with torch.no_grad():
        for images, labels in testloader:
            accuracies.append((net(images.to(device)).argmax(dim=1) == labels.to(device)).float().mean().item())
    return sum(accuracies) / len(accuracies)


# %% a percentage -> percent


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return 100 * (predict(testloader, net, device, **options).argmax(dim=1) == labels).float().mean().item()
