"""What classes count for: in the loss, by the weight of a class's targets, and in how often its images are drawn."""

import torch
from keys import permutation, threefry


class Classes:
    """The targets of `count` classes, and the order in which images come whose classes are `labels`, where these are known."""

    def __init__(self, settings, labels, count, device):
        weights, sampling = settings.class_weights, settings.sampling
        if labels is None and (sampling or weights == BALANCED):
            raise SystemExit(
                "error: which classes shards hold is not known before they are read;"
                " leave --sampling out, and give --class-weights in numbers"
            )
        self.labels, self.count, self.weighted, self.shares = labels, count, len(weights) > 0, None
        self.repeats = settings.repeats
        counts = None if labels is None else torch.bincount(labels, minlength=count).double()
        if sampling:
            self.shares = (counts > 0) * (torch.ones(count).double() if sampling == BALANCED else self.numbers("sampling", sampling))
        table = torch.eye(count, dtype=torch.float64)
        if weights:
            own = len(labels) / (count * counts) if weights == BALANCED else self.numbers("class-weights", weights)
            own = torch.where(own.isfinite(), own, 1.0)
            table = own[:, None] * ((1 - settings.label_smoothing) * table + settings.label_smoothing / count)
        self.targets = table.float().to(device)

    def numbers(self, option, given):
        weights = torch.tensor([float(word) for word in given], dtype=torch.float64)
        if len(weights) != self.count or not ((weights > 0) & (weights <= MOST)).all():
            raise SystemExit(f"error: --{option} takes balanced, or {self.count} numbers above 0, one for each class, up to {MOST:,}")
        return weights

    def wanted(self, labels, mixing):
        """Classes as the loss takes them: as they are, or as distributions where they are weighted or mixed."""
        return self.targets[labels] if self.weighted or mixing else labels

    def order(self, key):
        """The places of an epoch's images in their order; each may be there several times (Hoffer et al., 2020)."""
        order = permutation(key, len(self.labels)) if self.shares is None else drawn(key, self.labels, self.shares)
        return order.repeat_interleave(self.repeats)[: len(order)]


BALANCED = ("balanced",)
# More would be infinite among numbers of 32 bits, and nobody means it.
MOST = 1_000_000


def drawn(key, labels, shares):
    """As many places as there are, with replacement: a class by its share, then one of its images."""
    a, b = threefry(key, torch.arange(len(labels)), torch.full((len(labels),), 8))
    bounds = shares.cumsum(0)
    classes = torch.searchsorted(bounds, a.double() / 2**32 * bounds[-1], right=True)
    counts = torch.bincount(labels, minlength=len(shares))
    firsts = counts.cumsum(0) - counts
    own = (b.double() / 2**32 * counts[classes]).floor().long()
    return labels.argsort(stable=True)[firsts[classes] + own]


@torch.no_grad()
def named_classes(network, shape, names):
    """The classes' names, one for each logit; their numbers where the images come without names."""
    height, width, channels = shape
    logits = network.eval()(torch.zeros(1, channels, height, width)).shape[1]
    network.train()
    names = list(names or map(str, range(logits)))
    if len(names) != logits:
        raise SystemExit(
            f"error: the images are of {len(names)} classes and the network has {logits};"
            f" export it with --classes {len(names)}"
        )
    return names
