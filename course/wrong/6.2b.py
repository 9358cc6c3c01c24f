"""6.2b testing: wrong answers."""

import torch

from nnlib.vgg.training import predict

# %% the network is not put into evaluation mode -> wrong-mode


def test(testloader, net, device, **options):
    correct, seen = 0, 0
    with torch.inference_mode():
        for images, labels in testloader:
            scores = net(images.to(device))
            correct += (scores.argmax(1) == labels.to(device)).sum().item()
            seen += len(labels)
    return correct / seen


# %% the network is in training mode -> wrong-mode


def test(testloader, net, device, **options):
    net.train()
    correct, seen = 0, 0
    for images, labels in testloader:
        with torch.no_grad():
            scores = net(images.to(device))
        correct += (scores.argmax(1) == labels.to(device)).sum().item()
        seen += len(labels)
    return correct / seen


# %% the mean of the minibatches' accuracies -> mean-of-batches


def test(testloader, net, device, **options):
    net.eval()
    accuracies = []
    with torch.inference_mode():
        for images, labels in testloader:
            scores = net(images.to(device))
            accuracies.append((scores.argmax(1) == labels.to(device)).float().mean().item())
    return sum(accuracies) / len(accuracies)


# %% the last minibatch alone -> last-batch-only


def test(testloader, net, device, **options):
    net.eval()
    with torch.inference_mode():
        for images, labels in testloader:
            scores = net(images.to(device))
            accuracy = (scores.argmax(1) == labels.to(device)).float().mean().item()
    return accuracy


# %% in per cent -> percent


def test(testloader, net, device, **options):
    scores = predict(testloader, net, device, **options)
    return 100 * (scores.argmax(1) == testloader.labels.cpu()).double().mean().item()


# %% the share that is wrong -> share-wrong


def test(testloader, net, device, **options):
    scores = predict(testloader, net, device, **options)
    return (scores.argmax(1) != testloader.labels.cpu()).double().mean().item()


# %% the number that is right -> number-for-share


def test(testloader, net, device, **options):
    scores = predict(testloader, net, device, **options)
    return float((scores.argmax(1) == testloader.labels.cpu()).sum())


# %% the image with the highest score in place of the class -> none


def test(testloader, net, device, **options):
    scores = predict(testloader, net, device, **options)
    return (scores.argmax(0) == testloader.labels.cpu()).double().mean().item()


# %% nothing comes back -> returns-nothing


def test(testloader, net, device, **options):
    scores = predict(testloader, net, device, **options)
    print((scores.argmax(1) == testloader.labels.cpu()).double().mean().item())
