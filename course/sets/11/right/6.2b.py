"""6.2b testing: right answers of set 11."""

import torch
import torch.nn.functional as F

from nnlib.vgg.training import predict

# %% predict with weights of each view, rolled windows


@torch.no_grad()
def predict(testloader, net, device, *, flip=False, shift=0):
    net.train(False)

    def moved(images, dy):
        if dy == 0:
            return images
        size = abs(dy)
        padded = F.pad(images, [size] * 4, mode="reflect")
        start = size - dy
        return padded[..., start : start + images.shape[-2], start : start + images.shape[-1]]

    def score(images):
        total = net(images)
        return torch.stack((total, net(torch.flip(images, dims=(-1,))))).mean(0) if flip else total

    views = [(0, 1.0)] if not shift else [(0, 0.5), (shift, 0.25), (-shift, 0.25)]
    batches = []
    for images, _ in testloader:
        images = images.to(device)
        batches.append(sum(weight * score(moved(images, dy)) for dy, weight in views).cpu())
    return torch.vstack(batches)


def test(testloader, net, device, **options):
    predicted = predict(testloader, net, device, **options).argmax(dim=1)
    return (predicted == testloader.labels.cpu()).sum().item() / len(predicted)


# %% predict collects into one tensor that is made beforehand


def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    count, start = len(testloader.labels), 0
    scores = torch.empty(count, 10)
    with torch.inference_mode():
        for images, labels in testloader:
            images = images.to(device)
            views, weights = [images], [1.0]
            if shift:
                wide = F.pad(images, (shift,) * 4, mode="reflect")
                height, width = images.shape[2:]
                views += [wide[:, :, :height, :width], wide[:, :, 2 * shift :, 2 * shift :]]
                weights = [0.5, 0.25, 0.25]
            batch = 0
            for view, weight in zip(views, weights, strict=True):
                batch = batch + weight * ((net(view) + net(view.flip(-1))) / 2 if flip else net(view))
            scores[start : start + len(labels)] = batch.cpu()
            start += len(labels)
    return scores


def test(testloader, net, device, **options):
    hits = predict(testloader, net, device, **options).argmax(1).eq(testloader.labels.cpu())
    return hits.double().mean().item()
