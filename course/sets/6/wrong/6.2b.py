"""6.2b testing: wrong answers."""

import torch


# %% the lowest score for the highest -> augmentation-ignored
def test(testloader, net, device, **options):
    scores = predict(testloader, net, device, **options)
    labels = testloader.labels.cpu()
    return (scores.argmin(dim=1) == labels).sum().item() / len(labels)


def predict(testloader, net, device, **_):
    net.eval()
    with torch.no_grad():
        return torch.cat([net(images.to(device)).cpu() for images, _ in testloader])
