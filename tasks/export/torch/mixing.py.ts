// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `mixing.py`, edit `mixing.py` instead. */
const source: string = `"""Images of a batch mixed in pairs, and their targets with them: mixup and CutMix, as netfold draws them."""

import math

import torch
from keys import split, threefry


def symmetric_beta(key, alpha):
    """A draw from the beta distribution whose two parameters are \`alpha\` (Bailey, 1994; Devroye, 1996)."""
    a, b = threefry(key, 0, 7)
    cosine = math.cos(2 * math.pi * b / 2**32)
    spread = (torch.tensor((a + 1) / 2**32, dtype=torch.float64) ** (-1 / alpha) - 1) * cosine**2
    return (1 + math.copysign(1, cosine) / math.sqrt(1 + (1 / spread).item())) / 2


class Mixing:
    """What mixes each batch; with both ways, each draws in which."""

    def __init__(self, settings, key):
        self.mixup, self.cutmix, self.key = settings.mixup, settings.cutmix, split(key, "mix")

    def __bool__(self):
        return self.mixup > 0 or self.cutmix > 0

    def mixed(self, mine, theirs, epoch, batch):
        """Images N x C x height x width with their targets, and those of their partners, as one."""
        key = split(split(self.key, epoch), batch)
        cuts = self.cutmix > 0 and (self.mixup == 0 or threefry(key, 0, 7)[0] & 1 == 1)
        share = symmetric_beta(split(key, "share"), self.cutmix if cuts else self.mixup)
        (images, targets), (others, their) = mine, theirs
        if cuts:
            inside = box(split(key, "box"), 1 - share, images.shape[2:]).to(images.device)
            images, share = torch.where(inside, others, images), 1 - inside.sum().item() / inside.numel()
        else:
            images = (share * images.double() + (1 - share) * others.double()).float()
        return images, (share * targets.double() + (1 - share) * their.double()).float()

    def in_pairs(self, batches, epoch, start, classes):
        """Batches of a process as the loss takes them, mixed among themselves."""
        for index, (images, labels) in enumerate(batches, start):
            targets = classes.wanted(labels, self)
            if self:
                images, targets = self.mixed((images, targets), (images.flip(0), targets.flip(0)), epoch, index)
            yield images, targets


def box(key, area, shape):
    """A rectangle of an image's proportions and a share of its area, around any pixel, as far as it lies inside."""

    def along(bits, side):
        length = math.floor(side * math.sqrt(area))
        first = math.floor(bits / 2**32 * side) - length // 2
        at = torch.arange(side)
        return (at >= first) & (at < first + length)

    down, across = (along(bits, side) for bits, side in zip(threefry(key, 0, 7), shape))
    return down[:, None] & across
`;

export default source;
