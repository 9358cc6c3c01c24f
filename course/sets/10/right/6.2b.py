"""6.2b testing: right answers of set 10."""

import torch

# %% the views of an image as a list


def test(testloader, net, device, **options):
    scores = predict(testloader, net, device, **options)
    labels = torch.cat([batch_labels for _, batch_labels in testloader]).cpu()
    return scores.argmax(dim=1).eq(labels).sum().item() / len(labels)


def predict(testloader, net, device, *, flip=False, shift=0):
    net.eval()
    outputs = []
    with torch.no_grad():
        for images, _ in testloader:
            images = images.to(device)
            views = [(images, 0.5 if shift else 1.0)]
            if shift:
                views += [(_shifted(images, shift), 0.25), (_shifted(images, -shift), 0.25)]
            if flip:
                views = [(v, w / 2) for view, w in views for v in (view, torch.flip(view, dims=(3,)))]
            outputs.append(sum(w * net(v) for v, w in views).cpu())
    return torch.cat(outputs, dim=0)


# %% correct examples counted by batch, an inner function for the mirror


def test(testloader, net, device, **options):
    every = predict(testloader, net, device, **options)
    start = correct = 0
    for _, labels in testloader:
        guess = every[start : start + len(labels)].max(dim=-1).indices
        correct += int((guess == labels.to("cpu")).sum())
        start += len(labels)
    return correct / start


@torch.inference_mode()
def predict(testloader, net, device, *, flip=False, shift=0):
    def both_ways(batch):
        return (net(batch) + net(batch.flip(-1))) / 2 if flip else net(batch)

    net.train(False)
    result = []
    for images, _labels in testloader:
        images = images.to(device)
        scores = both_ways(images)
        if shift > 0:
            scores = scores / 2 + (both_ways(_shifted(images, shift)) + both_ways(_shifted(images, -shift))) / 4
        result += [scores.to("cpu")]
    return torch.concat(result)
