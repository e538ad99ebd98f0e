"""Images in memory: netfold's raw files, its order, its augmentation, from its generator.

The same seed gives the same batches as netfold itself, so that a run can go from one
engine to the other in the middle of an epoch. A process of several takes its share of
each batch; all of them together see what one would.
"""

import hashlib
import json
import math
import os
from dataclasses import dataclass

import torch
from augment import all_changed, check_randaugment, erase
from cifar import cifar_in, read_cifar
from classes import Classes
from keys import drawer, permutation, seed_key, split, threefry
from mixing import Mixing
from regular import MOST_DATA, MOST_TEXT, content_of

@dataclass(frozen=True)
class Images:
    """Labelled images: bytes N x height x width x channels, and a class for each."""

    pixels: torch.Tensor
    labels: torch.Tensor

    def __len__(self):
        return len(self.labels)

    def at(self, marks):
        return Images(self.pixels[marks], self.labels[marks])


def choose(images, wanted, key):
    """Marks `wanted` images, of each class in proportion to its size."""
    shares = []
    for label in sorted(set(images.labels.tolist())):
        members = (images.labels == label).nonzero().flatten()
        share = wanted * len(members) / len(images)
        shares.append([label, members, int(share), share % 1])
    missing = wanted - sum(take for _, _, take, _ in shares)
    for favoured in sorted(shares, key=lambda share: -share[3])[:missing]:
        favoured[2] += 1
    marks = torch.zeros(len(images), dtype=torch.bool)
    for label, members, take, _ in shares:
        marks[members[permutation(split(key, label), len(members))[:take]]] = True
    return marks


def cache_folder():
    """Where netfold keeps data sets that it has decoded."""
    for variable, below in (("LOCALAPPDATA", "netfold"), ("XDG_CACHE_HOME", "netfold"), ("HOME", ".cache/netfold")):
        folder = os.environ.get(variable)
        if folder and os.path.isabs(folder):
            mac = os.path.join(folder, "Library/Caches/netfold")
            return mac if variable == "HOME" and os.path.isdir(mac) else os.path.join(folder, below)
    raise SystemExit("error: no cache folder is known; say where the data is with --data DIR")


def read_raw(folder, shape):
    """The training and test images of a folder of raw files, each checked against the manifest."""
    path = os.path.join(folder, "manifest.json")
    if not os.path.exists(path):
        raise SystemExit(
            f"error: there is no data in {folder}; say with --data where CIFAR's own files are, or let netfold decode"
            " CIFAR-10 into its cache:\n  deno task train --steps 1"
        )
    try:
        entries = {entry["name"]: entry for entry in json.loads(content_of(path, MOST_TEXT))["files"]}
    except OSError as error:
        raise SystemExit(f"error: {path} cannot be read: {error}") from None

    def content(name):
        try:
            found = bytearray(content_of(os.path.join(folder, name), MOST_DATA))
        except OSError as error:
            raise SystemExit(f"error: {os.path.join(folder, name)} cannot be read: {error}") from None
        if hashlib.sha256(found).hexdigest() != entries[name]["sha256"]:
            raise SystemExit(f"error: {os.path.join(folder, name)} does not have its checksum; remove {folder}")
        return torch.frombuffer(found, dtype=torch.uint8)

    def images(name):
        labels = content(f"{name}_labels.bin").long()
        return Images(content(f"{name}_pixels.bin").view(len(labels), *shape), labels)

    return images("train"), images("test")


def as_map(numbers, shape):
    """A normalisation's numbers, for each channel or for each pixel and channel, as height x width x channels."""
    return numbers.reshape(-1, shape[2]).expand(shape[0] * shape[1], shape[2]).reshape(tuple(shape))


def reflected(places, size):
    """Places beyond an edge as a mirror there shows them."""
    places = torch.where(places < 0, -places, places)
    return torch.where(places >= size, 2 * size - 2 - places, places)


def taps(size, to):
    """For each of `to` pixels in a row the first of `size` that it is made of, and the weights of that one and the next:
    the areas that it covers, or those of the two whose centres are nearest."""
    first, weights = [], []
    for i in range(to):
        if to < size:
            begin, end = i * size / to, min(size, (i + 1) * size / to)
            own, total = [min(end, k + 1) - max(begin, k) for k in range(int(begin), math.ceil(end))], 0.0
            for part in own:
                total += part
            own = [part / total for part in own]
        else:
            inside = max(0.0, min(size - 1, (i + 0.5) * size / to - 0.5))
            begin = min(int(inside), max(0, size - 2))
            own = [1 - (inside - begin), inside - begin]
        first.append(int(begin))
        weights.append(own)
    most = max(map(len, weights))
    padded = [own + [0.0] * (most - len(own)) for own in weights]
    return torch.tensor(first), torch.tensor(padded, dtype=torch.float64)


def resampled(images, axis, to):
    """Images with as many pixels along an axis, by sums in netfold's order, so that they are its to the last bit."""
    size = images.shape[axis]
    first, weights = (tensor.to(images.device) for tensor in taps(size, to))
    shape = [1] * images.dim()
    shape[axis] = to
    total = 0
    for k in range(weights.shape[1]):
        part = images.index_select(axis, (first + k).clamp_max(size - 1))
        total = total + weights[:, k].reshape(shape) * part
    return total


class RawData:
    """A data set that fits in memory, on the device, ready to give batches."""

    def __init__(self, settings, shape, device):
        check_randaugment(settings, shape)
        folder = os.path.join(cache_folder(), "cifar10") if settings.data == "cifar10" else settings.data
        own = None if os.path.exists(os.path.join(folder, "manifest.json")) else cifar_in(folder)
        self.classes = None
        if own:
            parts, self.classes = read_cifar(*own)
            train, self.test = (Images(*part) for part in parts)
            if tuple(shape) != tuple(train.pixels.shape[1:]):
                raise SystemExit(f"error: images of CIFAR are 32x32x3, and the network takes {'x'.join(map(str, shape))}")
        else:
            train, self.test = read_raw(folder, shape)
        key = seed_key(settings.seed)
        if settings.limit:
            train = train.at(choose(train, settings.limit, split(key, "limit")))
        self.validation = None
        if settings.validation:
            marks = choose(train, settings.validation, split(key, "validation"))
            train, self.validation = train.at(~marks), train.at(marks)
        self.train, self.device, self.shape = train, device, shape
        self.key = split(key, "data")
        self.mixing = Mixing(settings, self.key)
        self.pad, self.edge, self.flip = settings.pad, settings.edge, settings.flip
        self.augment, self.cutout = settings.augment, settings.cutout
        self.operations, self.magnitude, self.erasing = settings.randaugment, settings.magnitude, settings.erasing
        # Sizes of the run's first parts, each with the step before which it ends.
        self.parts = []
        self.count = len(train)
        sums = torch.zeros(shape, dtype=torch.float64)
        for part in train.pixels.split(10_000):
            sums += part.sum(0, dtype=torch.int64)
        self.mean = (sums / len(train) / 255).float()
        self.normalization = {"kind": "per-pixel-mean", "shape": list(shape), "mean": self.mean.flatten(), "std": None}
        self.pixels, self.labels = train.pixels.to(device), train.labels.to(device)
        self.normalize(self.mean)

    def know(self, classes, settings):
        """Takes how many classes there are."""
        self.of = Classes(settings, self.labels.cpu(), classes, self.device)

    def normalize(self, mean, deviation=None):
        """Takes the normalisation of a run, to measure its weights by."""
        self.wide_mean = as_map(mean, self.shape).double().to(self.device)
        self.deviation = 1.0 if deviation is None else deviation.double().to(self.device)

    def batches(self, epoch, start, size, rank, world):
        """This process's share of each batch of an epoch, from batch `start` on."""
        order = self.of.order(split(split(self.key, "order"), epoch)).to(self.device)
        share, steps = size // world, self.count // size
        for batch in range(start, steps):
            first = batch * size + rank * share
            places = torch.arange(first, first + share, device=self.device)
            step = epoch * steps + batch
            shown = self.shown(order, places, epoch, step)
            if self.mixing:
                if world == 1:
                    others = [part.flip(0) for part in shown]
                else:
                    others = self.shown(order, (2 * batch + 1) * size - 1 - places, epoch, step)
                shown = self.mixing.mixed(shown, others, epoch, batch)
            yield shown

    def shown(self, order, places, epoch, step):
        """The images at places of an epoch as a step sees them, and what the loss takes of their classes."""
        chosen = order[places]
        images = self.augmented(chosen, epoch, places)
        if self.cutout:
            images = self.cut(images, epoch, places)
        if self.erasing:
            key = split(split(self.key, "erasing"), epoch)
            for image, place in zip(images, places.tolist()):
                draw = drawer(key, place)
                if draw() < self.erasing:
                    erase(image, draw)
        return self.sized(images, step).float(), self.of.wanted(self.labels[chosen], self.mixing)

    def sized(self, images, step):
        """Images brought to the size of a step."""
        size = next((size for size, end in self.parts if step < end), None)
        if size is None:
            return images
        return resampled(resampled(images.double(), 3, size), 2, size)

    def augmented(self, chosen, epoch, places):
        """Images after operations of RandAugment, cut out of a border at random, mirrored at random or in turns, less the mean."""
        height, width, _ = self.shape
        key = split(self.key, "augment")
        a, b = threefry(split(key, epoch), places, torch.full_like(places, 4))
        offsets = 2 * self.pad + 1
        top = (a.double() / 2**32 * offsets).floor().long() - self.pad
        left = ((b >> 1).double() / 2**31 * offsets).floor().long() - self.pad
        if self.flip == "alternating":
            turn, _ = threefry(key, chosen, torch.full_like(chosen, 5))
            mirrored = ((turn ^ epoch) & 1).bool()
        else:
            mirrored = (b & 1).bool() if self.flip == "yes" else torch.zeros_like(b, dtype=torch.bool)
        rows = top[:, None] + torch.arange(height, device=self.device)
        columns = torch.arange(width, device=self.device).expand(len(places), width)
        columns = left[:, None] + torch.where(mirrored[:, None], width - 1 - columns, columns)
        if self.edge == "reflect":
            rows, columns = reflected(rows, height), reflected(columns, width)
        inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
        rows, columns = rows.clamp(0, height - 1)[:, :, None], columns.clamp(0, width - 1)[:, None, :]
        source, own = self.pixels, chosen
        if self.operations:
            source, own = self.varied(chosen, epoch, places), torch.arange(len(places), device=self.device)
        pixels = source[own[:, None, None], rows, columns].double() / 255 - self.wide_mean[rows, columns]
        return (pixels / self.deviation * inside[..., None]).float().permute(0, 3, 1, 2)

    def varied(self, chosen, epoch, places):
        """The bytes of images after operations of RandAugment, which come first, as its authors have it for CIFAR."""
        key = split(split(self.key, "randaugment"), epoch)
        images = self.pixels[chosen].permute(0, 3, 1, 2)
        changed = all_changed(images, self.operations, self.magnitude, lambda turn: threefry(key, places, torch.full_like(places, turn)))
        return changed.permute(0, 2, 3, 1)

    def cut(self, images, epoch, places):
        """Images without a square of each, around a pixel drawn at random."""
        height, width, _ = self.shape
        label = torch.full_like(places, 0x80000000)
        key = threefry(split(split(self.key, "augment"), epoch), places, label)
        if self.augment:
            # The second augmentation in order.
            key = threefry(key, torch.ones_like(places), label)
        a, b = threefry(key, torch.zeros_like(places), torch.full_like(places, 6))

        def inside(bits, side):
            first = (bits.double() / 2**32 * side).floor().long() - self.cutout // 2
            at = torch.arange(side, device=self.device)
            return (at >= first[:, None]) & (at < first[:, None] + self.cutout)

        square = inside(a, height)[:, None, :, None] & inside(b, width)[:, None, None, :]
        return images.masked_fill(square, 0)

    def tested_classes(self):
        """None that must be looked for: what is in memory has been read."""
        return {}

    def close(self):
        """Nothing works for what is in memory."""

    def split(self, name, size, rank, world):
        """This process's share of the images of `test` or `validation`, unchanged, in batches."""
        images = self.test if name == "test" else self.validation
        for part in range(rank * size, len(images), size * world):
            pixels = images.pixels[part : part + size].to(self.device).double() / 255 - self.wide_mean
            yield (pixels / self.deviation).float().permute(0, 3, 1, 2), images.labels[part : part + size].to(self.device)
