"""6.2a one epoch of training: right answers of set 11."""

import torch

# %% a closure for the optimizer's step


def train_epoch(trainloader, net, criterion, optimizer, device):
    net.train()
    losses, right, seen = [], 0, 0
    for images, labels in trainloader:
        images, labels = images.to(device), labels.to(device)
        kept = {}

        def closure(images=images, labels=labels, kept=kept):
            optimizer.zero_grad()
            kept["scores"] = net(images)
            loss = criterion(kept["scores"], labels)
            loss.backward()
            return loss

        losses.append(float(optimizer.step(closure)))
        _, predicted = torch.max(kept["scores"].data, 1)
        right += predicted.eq(labels.data).cpu().sum().item()
        seen += labels.numel()
    return losses, right / seen


# %% a class that counts, gradient enabled explicitly


class _Meter:
    def __init__(self):
        self.right = self.seen = 0

    def add(self, scores, labels):
        with torch.no_grad():
            self.right += int((scores.topk(1, dim=1).indices.squeeze(1) == labels).sum())
        self.seen += len(labels)

    @property
    def share(self):
        return self.right / self.seen


def train_epoch(trainloader, net, criterion, optimizer, device):
    meter, losses = _Meter(), []
    for module in net.modules():
        module.training = True
    with torch.enable_grad():
        for batch in iter(trainloader):
            images, labels = (each.to(device) for each in batch)
            scores = net(images)
            loss = criterion(scores, labels)
            for parameter in net.parameters():
                parameter.grad = None
            loss.backward()
            optimizer.step()
            meter.add(scores, labels)
            losses.append(loss.detach().cpu().numpy().item())
    return losses, meter.share
