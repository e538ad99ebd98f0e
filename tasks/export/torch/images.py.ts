// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `images.py`, edit `images.py` instead. */
const source: string = `"""Images from files, decoded by several threads, and folders of them: train/CLASS/IMAGE and val/CLASS/IMAGE.

Training images are cut out with a random area and aspect, mirrored, and lit as AlexNet's
were; test images are resized and cut out in the middle. Everything random follows from
the seed, the epoch and the image's place in it.
"""

import os
import queue
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

import torch
import torch.nn.functional as F
from augment import changed, check_torchvision, erase
from classes import Classes
from data import Images, as_map, choose
from keys import seed_key, split, threefry
from mixing import Mixing
from pictures import decode, is_picture
from regular import MOST_IMAGE, content_of, ordinary
from tell import seen

MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
# The principal directions of ImageNet's colours, each as long as its deviation.
LIGHT = torch.tensor([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
LIGHT = LIGHT * torch.tensor([0.2175, 0.0188, 0.0045])
ENDINGS = (".jpg", ".jpeg", ".png", ".ppm", ".webp")
TESTED = ("test", "val", "valid", "validation")


def resized(pixels, size):
    return F.interpolate(pixels, size=size, mode="bilinear", antialias=True, align_corners=False)


def training_view(pixels, size, draw, operations=0, magnitude=0):
    """A random part of an image, 8 to 100 % of its area, as \`size\`, after operations of RandAugment; \`draw\` gives
    numbers in [0, 1)."""
    height, width, _ = pixels.shape
    top, left, rows, columns = 0, 0, height, width
    for _ in range(10):
        area = height * width * (0.08 + 0.92 * draw())
        aspect = (3 / 4) * (16 / 9) ** draw()
        h, w = round((area / aspect) ** 0.5), round((area * aspect) ** 0.5)
        if 0 < h <= height and 0 < w <= width:
            top, left = int(draw() * (height - h + 1)), int(draw() * (width - w + 1))
            rows, columns = h, w
            break
    part = pixels[top : top + rows, left : left + columns].permute(2, 0, 1)[None].float() / 255
    view = resized(part, size)[0].clamp(0, 1)
    if draw() < 0.5:
        view = view.flip(2)
    if operations:
        view = changed(view, operations, magnitude, draw)
    normal = torch.tensor([sum(draw() for _ in range(12)) - 6 for _ in range(3)])
    return view + (LIGHT @ (0.1 * normal))[:, None, None]


def test_view(pixels, size):
    """The middle of an image whose shorter side is 8/7 of what is cut out."""
    height, width, _ = pixels.shape
    factor = max(size[0] / height, size[1] / width) * 8 / 7
    whole = resized(
        pixels.permute(2, 0, 1)[None].float() / 255, (round(height * factor), round(width * factor))
    )[0]
    top, left = (whole.shape[1] - size[0]) // 2, (whole.shape[2] - size[1]) // 2
    return whole[:, top : top + size[0], left : left + size[1]].clamp(0, 1)


def drawer(key, place):
    """Numbers in [0, 1) that follow from a key and a place."""
    turn = 0

    def draw():
        nonlocal turn
        turn += 1
        return threefry(key, place & 0xFFFFFFFF, turn)[0] / 2**32

    return draw


@dataclass(frozen=True)
class File:
    """An image that is still to be decoded: its name, what gives its bytes, its class, what draws its view."""

    name: str
    read: Callable
    label: int
    draw: Callable | None = None


class FileData:
    """What folders and shards have in common: views, batches, several threads that decode."""

    def __init__(self, settings, shape, device):
        self.device, self.size, self.shape = device, tuple(shape[:2]), shape
        self.key = split(seed_key(settings.seed), "data")
        self.workers = ThreadPoolExecutor(max(1, settings.workers))
        self.ahead = 4
        self.augment, self.cutout = settings.augment, settings.cutout
        self.operations, self.magnitude, self.erasing = settings.randaugment, settings.magnitude, settings.erasing
        if self.operations:
            check_torchvision()
        self.mixing = Mixing(settings, self.key)
        self.logits = None  # how many classes there may be
        self.normalization = {"kind": "per-channel", "mean": MEAN, "std": DEVIATION}
        self.normalize(MEAN, DEVIATION)

    def know(self, classes, settings):
        """Takes how many classes there are."""
        self.logits, self.of = classes, Classes(settings, self.labels(), classes, self.device)

    def labels(self):
        """The classes of the training images, where they are known."""

    def normalize(self, mean, deviation=None):
        """Takes the normalisation of a run, to measure its weights by."""
        self.mean = as_map(mean, self.shape).permute(2, 0, 1)
        self.deviation = 1.0 if deviation is None else as_map(deviation, self.shape).permute(2, 0, 1)

    def view(self, file):
        pixels = decode(file.read())
        is_drawn = file.draw and self.augment
        image = (
            training_view(pixels, self.size, file.draw, self.operations, self.magnitude)
            if is_drawn
            else test_view(pixels, self.size)
        )
        image = (image - self.mean) / self.deviation
        if file.draw and self.cutout:
            top, left = (int(file.draw() * side) - self.cutout // 2 for side in self.size)
            image[:, max(0, top) : top + self.cutout, max(0, left) : left + self.cutout] = 0
        if is_drawn and file.draw() < self.erasing:
            erase(image, file.draw)
        return image

    def loaded(self, batches, fill=False):
        """Batches of files as tensors on the device, some of them in the making; see \`made\` for \`fill\`."""
        waiting = queue.Queue(self.ahead)
        ended = threading.Event()

        def hand_over(made):
            """Waits for room; gives whether somebody still takes what is made."""
            while not ended.is_set():
                try:
                    waiting.put(made, timeout=0.2)
                    return True
                except queue.Full:
                    continue
            return False

        def make():
            try:
                for batch in batches:
                    if not hand_over([(file, self.workers.submit(self.view, file)) for file in batch]):
                        return
                hand_over(None)
            except BaseException as error:  # Raised by whoever waits for the next batch.
                hand_over(error)

        maker = threading.Thread(target=make, daemon=True)
        maker.start()
        try:
            while (views := waiting.get()) is not None:
                if isinstance(views, BaseException):
                    raise views
                images, labels = self.made(views, fill)
                if self.device.type == "cuda":
                    images = images.pin_memory()
                yield images.to(self.device, non_blocking=True), labels.to(self.device)
        finally:
            ended.set()
            # A thread within PyTorch aborts a Python that is being shut down; one that waits for its data does not.
            maker.join(timeout=5)

    def made(self, views, fill):
        """A batch of views; a broken image is named and left out, or, to \`fill\` the batch, another takes its place."""
        images, labels = [], []
        for file, view in views:
            if self.logits is not None and not 0 <= file.label < self.logits:
                raise SystemExit(f"error: {seen(file.name)} is of class {file.label}, and the network has {self.logits}")
            try:
                images.append(view.result())
                labels.append(file.label)
            except Exception as error:  # What a decoder raises depends on what is wrong with the file.
                print(f"warning: {seen(file.name)} cannot be read: {seen(error)}", file=sys.stderr, flush=True)
                self.check_read(file.name)
        if fill and not images:
            raise SystemExit("error: no image of a whole batch can be read")
        for place in range(len(views) - len(images) if fill else 0):
            images.append(images[place])
            labels.append(labels[place])
        none = torch.zeros(0, self.shape[2], *self.size)
        return torch.stack(images) if images else none, torch.tensor(labels, dtype=torch.int64)

    def check_read(self, name):
        """Fails when the image of a name is the last of its class, and none of them could be read."""

    def tested_classes(self):
        """The classes that the test images are of, where that is known, and their names."""
        return {}

    def draw(self, epoch, place):
        return drawer(split(split(self.key, "augment"), epoch), place) if self.augment or self.cutout else None


class FolderData(FileData):
    """Folders of classes, whose names are in the order in which netfold has them; what is hidden is not looked at."""

    def __init__(self, settings, shape, device):
        super().__init__(settings, shape, device)
        self.classes, self.empty = folders(os.path.join(settings.data, "train")), []
        self.sizes, self.unread = {}, {}  # How many images each folder has, and which of them cannot be read.
        train = self.listed(settings.data, "train")
        if settings.limit:
            train = chosen(train, settings.limit, split(self.key, "limit"))[0]
        self.validation = None
        if settings.validation:
            self.validation, train = chosen(train, settings.validation, split(self.key, "validation"))
        tested = next((name for name in TESTED if name in folders(settings.data)), "val")
        self.train, self.tested, self.count = train, self.listed(settings.data, tested), len(train)

    def listed(self, root, name):
        part = os.path.join(root, name)
        unknown = [kind for kind in folders(part) if kind not in self.classes]
        if unknown:
            raise SystemExit(f"error: {seen(os.path.join(part, unknown[0]))} is a class that {seen(root)}/train does not have")
        found = []
        for label, kind in enumerate(self.classes):
            folder = os.path.join(part, kind)
            inside = pictures(folder) if os.path.isdir(folder) else ()
            if inside == []:
                self.empty.append(folder)
            self.sizes[folder] = len(inside)
            found += [(path, label) for path in inside]
        if not found:
            raise SystemExit(f"error: {seen(part)} holds no images in folders of classes")
        return found

    def labels(self):
        return torch.tensor([label for _, label in self.train])

    def check_read(self, name):
        folder = os.path.dirname(name)
        unread = self.unread.setdefault(folder, set())
        unread.add(name)
        if len(unread) == self.sizes[folder]:
            raise SystemExit(f"error: {seen(folder)} is a class of which no image can be read")

    def check_filled(self):
        if self.empty:
            raise SystemExit(f"error: {seen(self.empty[0])} is a class without an image")

    def batches(self, epoch, start, size, rank, world):
        self.check_filled()
        order = self.of.order(split(split(self.key, "order"), epoch)).tolist()
        share = size // world

        def listed():
            for batch in range(start, self.count // size):
                first = batch * size + rank * share
                yield [opening(self.train[order[p]], self.draw(epoch, p)) for p in range(first, first + share)]

        return self.mixing.in_pairs(self.loaded(listed(), fill=True), epoch, start, self.of)

    def tested_classes(self):
        """The classes that the test images are of, and their names."""
        return {label: self.classes[label] for _, label in self.tested}

    def split(self, name, size, rank, world):
        self.check_filled()
        mine = (self.tested if name == "test" else self.validation)[rank::world]
        parts = (mine[i : i + size] for i in range(0, len(mine), size))
        return self.loaded([opening(entry) for entry in part] for part in parts)


def shown(folder):
    """What lies in a folder and is not hidden, in netfold's order."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted((n for n in names if not n.startswith(".")), key=lambda n: n.encode("utf-16-be", "surrogatepass"))


def folders(folder):
    return [name for name in shown(folder) if os.path.isdir(os.path.join(folder, name))]


def pictures(folder):
    """The image files in the folder of a class: by their endings, or else by their first bytes."""
    found = []
    for path in (os.path.join(folder, name) for name in shown(folder)):
        if os.path.isdir(path):
            print(f"warning: {seen(path)} is a folder within a class and left out", file=sys.stderr, flush=True)
        elif path.lower().endswith(ENDINGS) or begins_as_picture(path):
            found.append(path)
        else:
            print(f"warning: {seen(path)} is no image and left out", file=sys.stderr, flush=True)
    return found


def begins_as_picture(path):
    try:
        with open(path, "rb", opener=ordinary) as file:
            return is_picture(file.read(64))
    except OSError:
        return False


def chosen(entries, wanted, key):
    """Some of (path, class), of each class in proportion to its size, and the others."""
    if not 0 < wanted < len(entries):
        raise SystemExit(f"error: {wanted} images cannot be taken out of {len(entries)}")
    marks = choose(Images(None, torch.tensor([label for _, label in entries])), wanted, key).tolist()
    some = [entry for entry, marked in zip(entries, marks) if marked]
    return some, [entry for entry, marked in zip(entries, marks) if not marked]


def opening(entry, draw=None):
    path, label = entry
    return File(path, lambda: content_of(path, MOST_IMAGE), label, draw)


def is_folder(name):
    """Whether a folder holds folders of classes."""
    return os.path.isdir(os.path.join(name, "train"))
`;

export default source;
