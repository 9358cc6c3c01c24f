"""6.2b testing: wrong answers of set 11."""

import torch

from nnlib.vgg.training import predict

# %% the last, smaller batch is left out -> batch-left-out


def test(testloader, net, device, **options):
    net.eval()
    right, seen, size = 0, 0, None
    with torch.no_grad():
        for images, labels in testloader:
            size = size or len(labels)
            if len(labels) < size:
                break
            right += (net(images.to(device)).argmax(1) == labels.to(device)).sum().item()
            seen += len(labels)
    return right / seen


# %% flipped image alone -> mirror-alone


@torch.inference_mode()
def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    scores = []
    for images, _ in testloader:
        images = images.to(device)
        views, weights = [images], [1]
        if shift:
            wide = torch.nn.functional.pad(images, (shift,) * 4, mode="reflect")
            side = images.shape[-1]
            views += [wide[:, :, :side, :side], wide[:, :, 2 * shift :, 2 * shift :]]
            weights = [0.5, 0.25, 0.25]
        scores.append(
            sum(weight * net(view.flip(3) if flip else view) for weight, view in zip(weights, views, strict=True)).cpu()
        )
    return torch.cat(scores)


# %% zeros fill the gap of a shift -> gap-filled-otherwise


@torch.inference_mode()
def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    scores = []
    for images, _ in testloader:
        images = images.to(device)
        views, weights = [images], [1]
        if shift:
            wide = torch.nn.functional.pad(images, (shift,) * 4)
            side = images.shape[-1]
            views += [wide[:, :, :side, :side], wide[:, :, 2 * shift :, 2 * shift :]]
            weights = [0.5, 0.25, 0.25]
        total = 0
        for weight, view in zip(weights, views, strict=True):
            total = total + weight * ((net(view) + net(view.flip(3))) / 2 if flip else net(view))
        scores.append(total.cpu())
    return torch.cat(scores)
