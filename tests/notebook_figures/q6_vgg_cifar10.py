"""What the figures of Q6 must show, in every profile and for every set of images."""

import numpy as np
from drawn import Panel
from notebook_figures.common import accuracies, colour_tiles, ladder, losses
from notebook_figures.listing import Listing
from notebook_figures.panels import bars, box, image, line, word

shown = Listing()
STAGES = ((8,), (16,), (32, 32), (64, 64), (64, 64))  # filters of VGG11's convolutions between its pools


def note(ns):
    """What stands above figures whose accuracies mean nothing."""
    comparable = ns.PROFILE.flops is None and ns.data.name.startswith("CIFAR-10")
    return [] if comparable else ["a smoke test: these accuracies mean nothing"]


@shown("q6-examples", "Three small colour pictures of each of the ten classes, a class per column.")
def examples(ns):
    X, y, names = ns.data["X_train"], ns.data["y_train"], ns.class_names(ns.data)
    first = np.array([np.flatnonzero(y == label)[:3] for label in range(10)])
    picture = colour_tiles(X[first.T.ravel()].transpose(0, 2, 3, 1) / 255, columns=10)
    words = [word(name, 33 * column + 16, -4) for column, name in enumerate(names)]
    return [Panel("", "", ", reversed", [image(picture), *words])]


@shown(
    "q6-61b-figure",
    "Left, nested squares on an image: 3 pixels for the first convolution, 26 for the fourth, more than the image "
    "for the fifth. Right, bars: convolutions 4 and 6 take nearly a quarter of the multiplications each.",
)
def fields(ns):
    frames, products, field, jump, channels, side = [], {}, 1, 1, 3, 32
    for widths in STAGES:
        for filters in widths:
            field, name = field + 2 * jump, f"conv {len(products) + 1}"
            products[name] = 9 * channels * filters * side**2
            channels = filters
            if field < 50:
                corners = 16 - field / 2, 16 + field / 2
                frames.append(box(f"{name}: {field} × {field}", corners[0], corners[0], corners[1], corners[1]))
        field, jump, side = field + jump, 2 * jump, side // 2
    products |= {"fc 1": 64 * 64, "fc 2": 64 * 10}
    shares = np.array(list(products.values())) / sum(products.values())
    assert [frame.label for frame in frames][::3] == ["conv 1: 3 × 3", "conv 4: 26 × 26"]  # as the alt text says
    assert all(0.2 < shares[index] < 0.25 for index in (3, 5))
    words = [word(f"{share:.1%}", share, row) for row, share in enumerate(shares)]
    right = [*words, bars("", range(10), shares, upright=False)]
    return [
        Panel(
            "receptive fields, on an image of 32 × 32",
            "",
            ", reversed",
            [image(ns.data["X_val"][7].transpose(1, 2, 0)), *frames],
            True,
        ),
        Panel("", "share of the multiplications, %", ", reversed", right, None, None, list(products)),
    ]


@shown(
    "q6-62c-figure",
    "Left, the handout's loss falls quickly, then slowly. Right, accuracy by epoch: on the minibatches and on the "
    "validation images.",
)
def handout(ns):
    assert ns.handout.recipe.name == "handout"
    left = Panel("Handout's VGG11: loss", "step", "loss", losses(ns.handout.history, 100), True)
    return [left, accuracies(ns.handout.history, "Accuracy after each epoch")], note(ns)


@shown(
    "q6-63b-curves",
    "Accuracies by epoch of four rungs: batch norm learns its images by heart, augmentation closes the gap to the "
    "validation images, the cycle gains in its last epochs. Right, the two learning rates.",
)
def curves(ns):
    results = {r.recipe.name: r for r in (ns.handout, *ns.ladder, *ns.improvements) if r is not None}
    names = [name for name in ("report", "norm", "augment", "smooth") if name in results] or list(results)
    each = {results[name].recipe.title: results[name].history for name in names}
    left, middle = (
        [line(title, range(1, h.epoch + 1), getattr(h, which)) for title, h in each.items()]
        for which in ("train_acc_history", "val_acc_history")
    )
    ends = dict.fromkeys((next(iter(each)), list(each)[-1]))
    rates = [line(title, np.arange(1, len(r := each[title].learning_rates) + 1), r) for title in ends]
    return [
        Panel("on the minibatches, while training", "epoch", "accuracy, %", left),
        Panel("on the validation set", "epoch", ", %", middle, True),
        Panel("learning rate", "step", "learning rate", rates, True),
    ], note(ns)


@shown(
    "q6-63b-ladder",
    "Left, accuracy by rung on validation and test: down with the ReLU, then up with every rung. Right, test accuracy "
    "over minutes of training: the wide networks take five times as long, the rungs after them cost little more.",
    same=True,
)
def rungs(ns):
    titles = ["handout", "+ ReLU", "+ width (the report)", "+ batch norm", "+ augmentation", "+ one-cycle schedule"]
    titles += ["+ label smoothing", "+ flip at test"]
    each = [ns.recorded().trainings[title] for title in titles]
    accs, right = [[getattr(t, which) for t in each] for which in ("val_acc", "test_acc")], []
    for wide, label in ((False, "the handout's width"), (True, "four times the width")):
        own = [(n, t.seconds / 60, t.test_acc) for n, t in enumerate(each, start=1) if (t.parameters > 150_000) == wide]
        right += [line(label, *np.transpose(own)[1:]), *(word(str(n), x, y) for n, x, y in own)]
    left = ladder("The ladder, its rungs numbered", [f"{t} · {n}" for n, t in enumerate(titles, start=1)], *accs)
    right = Panel("What it costs", "minutes of training", "test accuracy, %", right, True)
    return [left, right], [f"recorded, {ns.recorded().data['name']}"]


@shown(
    "q6-63c-figure",
    "How much a layer's output differs between images, by layer, on a logarithmic scale: falling by nearly four "
    "powers of ten with a ReLU and PyTorch's weights, by nearly three without the ReLU, and level with He's weights.",
)
def spreads(ns):
    images, lines = ns.torch.tensor(ns.data["X_val"][:250]) / 127.5 - 1, []
    with ns.torch.random.fork_rng(devices=[]):  # the next cell draws the numbers that it would have drawn
        for title, relu in (("handout", False), ("+ ReLU", True)):
            for name, start in ((title, lambda net: net), (f"{title}, He", ns.start_from_he)):
                ns.torch.manual_seed(598)
                net = ns.VGG11(relu=relu)
                if start is ns.start_from_he:
                    ns.spreads(net, images)
                lines.append(line(name, range(1, 11), ns.spreads(start(net), images)))
    x, y = "layer, the last one gives the scores", "deviation over the images, log"
    return [Panel("Before training", x, y, lines, True)]
