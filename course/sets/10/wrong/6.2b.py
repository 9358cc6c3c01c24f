"""6.2b testing: wrong answers of set 10."""

import torch

# %% mean of the minibatches' accuracies -> mean-of-batches


def test(testloader, net, device, **options):
    net.eval()
    accuracies = []
    with torch.no_grad():
        for images, labels in testloader:
            scores = net(images.to(device))
            accuracies.append((scores.argmax(1) == labels.to(device)).float().mean().item())
    return sum(accuracies) / len(accuracies)


# %% predict without eval -> wrong-mode


@torch.no_grad()
def predict(testloader, net, device, *, flip=False, shift=0):
    scores = []
    for images, _ in testloader:
        images = images.to(device)
        out = _tta(net, images, flip)
        if shift:
            others = [_tta(net, _shifted(images, pixels), flip) for pixels in (shift, -shift)]
            out = 0.5 * out + 0.25 * sum(others)
        scores.append(out.cpu())
    return torch.cat(scores)


def _tta(net, images, flip):
    return 0.5 * (net(images) + net(images.flip(3))) if flip else net(images)


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return (predict(testloader, net, device, **options).argmax(1) == labels).double().mean().item()


# %% back into training mode at the end -> wrong-mode


@torch.no_grad()
def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    scores = []
    for images, _ in testloader:
        images = images.to(device)
        out = _tta(net, images, flip)
        if shift:
            others = [_tta(net, _shifted(images, pixels), flip) for pixels in (shift, -shift)]
            out = 0.5 * out + 0.25 * sum(others)
        scores.append(out.cpu())
    net.train()
    return torch.cat(scores)


def _tta(net, images, flip):
    return 0.5 * (net(images) + net(images.flip(3))) if flip else net(images)


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return (predict(testloader, net, device, **options).argmax(1) == labels).double().mean().item()


# %% flip upside down -> upside-down


@torch.no_grad()
def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    scores = []
    for images, _ in testloader:
        images = images.to(device)
        out = _tta(net, images, flip)
        if shift:
            others = [_tta(net, _shifted(images, pixels), flip) for pixels in (shift, -shift)]
            out = 0.5 * out + 0.25 * sum(others)
        scores.append(out.cpu())
    return torch.cat(scores)


def _tta(net, images, flip):
    return 0.5 * (net(images) + net(images.flip(2))) if flip else net(images)


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return (predict(testloader, net, device, **options).argmax(1) == labels).double().mean().item()


# %% flip and shift left out -> augmentation-ignored


@torch.no_grad()
def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    return torch.cat([net(images.to(device)).cpu() for images, _ in testloader])


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return (predict(testloader, net, device, **options).argmax(1) == labels).double().mean().item()


# %% equal weights of the three shifts -> share-of-shifted


@torch.no_grad()
def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    scores = []
    for images, _ in testloader:
        images = images.to(device)
        out = _tta(net, images, flip)
        if shift:
            out = (out + _tta(net, _shifted(images, shift), flip) + _tta(net, _shifted(images, -shift), flip)) / 3
        scores.append(out.cpu())
    return torch.cat(scores)


def _tta(net, images, flip):
    return 0.5 * (net(images) + net(images.flip(3))) if flip else net(images)


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return (predict(testloader, net, device, **options).argmax(1) == labels).double().mean().item()


# %% counts the last minibatch alone -> last-batch-only


def test(testloader, net, device, **options):
    net.eval()
    with torch.no_grad():
        for images, labels in testloader:
            correct = (net(images.to(device)).argmax(1) == labels.to(device)).sum().item()
            total = len(labels)
    return correct / total


# %% per cent -> percent


def test(testloader, net, device, **options):
    labels = torch.cat([labels for _, labels in testloader]).cpu()
    return 100.0 * (predict(testloader, net, device, **options).argmax(1) == labels).double().mean().item()
