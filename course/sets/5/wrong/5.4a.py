"""5.4a batch norm and dropout in the architecture: wrong answers."""


# %% "both" forgotten for dropout -> order-of-layers
# dropout is put in by equality so the architecture with both places gets none after the pool
def regularised_conv_net(
    filter_size, hidden_dim, keep, architecture="BN conv, dropout pool", *, weight_scale=None, reg=3e-5, rng
):
    norm, drop = ARCHITECTURES[architecture]
    specs = [Conv(32, filter_size)]
    if norm in ("conv", "both"):
        specs.append(BatchNorm())
    specs += [ReLU(), MaxPool(2)]
    if drop == "pool":
        specs.append(Dropout(keep))
    specs += [Flatten(), FullyConnected(hidden_dim)]
    if norm in ("fc", "both"):
        specs.append(BatchNorm())
    specs.append(ReLU())
    if drop in ("fc", "both"):
        specs.append(Dropout(keep))
    specs.append(FullyConnected(10))
    return Classifier(Sequential(specs, (1, 28, 28), weight_scale=weight_scale, rng=rng), softmax_loss, reg)
