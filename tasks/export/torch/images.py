"""Images from files: folders of classes, or tar shards in WebDataset's layout.

A folder holds train/CLASS/IMAGE and val/CLASS/IMAGE. Shards hold KEY.jpg beside KEY.cls,
the class as a number; their names are a pattern with braces, train-{000..146}.tar, as
files, as addresses (https://...) or as what a command prints (pipe:aws s3 cp ... -).

Training images are cut out with a random area and aspect, mirrored, and lit as AlexNet's
were; test images are resized and cut out in the middle. Everything random follows from
the seed, the epoch and the image's place in it.
"""

import io
import os
import queue
import re
import subprocess
import tarfile
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import torch
import torch.nn.functional as F
from data import permutation, seed_key, split, threefry

MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
# The principal directions of ImageNet's colours, each as long as its deviation.
LIGHT = torch.tensor([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
LIGHT = LIGHT * torch.tensor([0.2175, 0.0188, 0.0045])
ENDINGS = (".jpg", ".jpeg", ".png", ".ppm", ".webp")


def decode(content):
    """An image file's pixels, height x width x 3 bytes."""
    header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", content)
    if header is not None:
        width, height = int(header[1]), int(header[2])
        return torch.frombuffer(bytearray(content[header.end() :]), dtype=torch.uint8).view(height, width, 3)
    try:
        from PIL import Image
    except ImportError:
        raise SystemExit("error: JPEG and PNG files need Pillow: pip install pillow") from None
    with Image.open(io.BytesIO(content)) as image:
        rgb = image.convert("RGB")
        return torch.frombuffer(bytearray(rgb.tobytes()), dtype=torch.uint8).view(rgb.height, rgb.width, 3)


def resized(pixels, size):
    return F.interpolate(pixels, size=size, mode="bilinear", antialias=True, align_corners=False)


def training_view(pixels, size, draw):
    """A random part of an image, 8 to 100 % of its area, as `size`; `draw` gives numbers in [0, 1)."""
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


def expanded(pattern):
    """The names that a pattern such as train-{000..146}.tar stands for."""
    found = re.search(r"\{(\d+)\.\.(\d+)\}", pattern)
    if found is None:
        return [pattern]
    first, last = found.groups()
    numbers = [str(n).zfill(len(first)) for n in range(int(first), int(last) + 1)]
    return [name for n in numbers for name in expanded(pattern[: found.start()] + n + pattern[found.end() :])]


def opened(name):
    """A shard as a stream."""
    if name.startswith("pipe:"):
        return subprocess.Popen(name[5:], shell=True, stdout=subprocess.PIPE).stdout
    if re.match(r"https?://", name):
        return urllib.request.urlopen(name)
    return open(name, "rb")


def samples(shard):
    """The images of a shard with their classes, as they come."""
    with opened(shard) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        key, image, label = None, None, None
        for member in tar:
            if not member.isfile():
                continue
            name, ending = os.path.splitext(member.name)
            if name != key:
                key, image, label = name, None, None
            content = tar.extractfile(member).read()
            if ending.lower() in ENDINGS:
                image = content
            elif ending == ".cls":
                label = int(content)
            if image is not None and label is not None:
                yield image, label
                key, image, label = None, None, None


class FileData:
    """What folders and shards have in common: views, batches, several threads that decode."""

    def __init__(self, settings, shape, device):
        self.device, self.size, self.channels = device, tuple(shape[:2]), shape[2]
        self.key = split(seed_key(settings.seed), "data")
        self.workers = ThreadPoolExecutor(max(1, settings.workers))
        self.ahead = 4
        self.augment = settings.augment
        self.validation = None
        self.normalization = {"kind": "per-channel", "mean": MEAN, "std": DEVIATION}

    def view(self, content, draw):
        pixels = decode(content() if callable(content) else content)
        image = training_view(pixels, self.size, draw) if draw else test_view(pixels, self.size)
        return (image - MEAN[:, None, None]) / DEVIATION[:, None, None]

    def loaded(self, batches):
        """Batches of (content, label, draw) as tensors on the device, some of them in the making."""
        waiting = queue.Queue(self.ahead)
        ended = threading.Event()

        def make():
            try:
                for batch in batches:
                    views = [self.workers.submit(self.view, content, draw) for content, _, draw in batch]
                    labels = torch.tensor([label for _, label, _ in batch])
                    while not ended.is_set():
                        try:
                            waiting.put((views, labels), timeout=0.2)
                            break
                        except queue.Full:
                            continue
                    if ended.is_set():
                        return
                waiting.put(None)
            except BaseException as error:  # Told to whoever waits for the next batch.
                waiting.put(error)

        threading.Thread(target=make, daemon=True).start()
        try:
            while (made := waiting.get()) is not None:
                if isinstance(made, BaseException):
                    raise made
                views, labels = made
                images = torch.stack([view.result() for view in views])
                if self.device.type == "cuda":
                    images = images.pin_memory()
                yield images.to(self.device, non_blocking=True), labels.to(self.device)
        finally:
            ended.set()

    def draw(self, epoch, place):
        return drawer(split(split(self.key, "augment"), epoch), place) if self.augment else None


class FolderData(FileData):
    """Folders of classes."""

    def __init__(self, settings, shape, device):
        super().__init__(settings, shape, device)
        folder = os.path.join(settings.data, "train")
        self.classes = sorted(entry for entry in os.listdir(folder) if os.path.isdir(os.path.join(folder, entry)))
        self.train = self.listed(settings.data, "train")
        if settings.limit:
            self.train = [self.train[i] for i in permutation(split(self.key, "limit"), len(self.train))[: settings.limit]]
        self.tested = self.listed(settings.data, "val")
        self.count = len(self.train)

    def listed(self, root, name):
        found = []
        for label, kind in enumerate(self.classes):
            folder = os.path.join(root, name, kind)
            files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            found += [(os.path.join(folder, file), label) for file in files if file.lower().endswith(ENDINGS)]
        if not found:
            raise SystemExit(f"error: {os.path.join(root, name)} holds no images in folders of classes")
        return found

    def batches(self, epoch, start, size, rank, world):
        order = permutation(split(split(self.key, "order"), epoch), self.count).tolist()
        share = size // world

        def listed():
            for batch in range(start, self.count // size):
                first = batch * size + rank * share
                places = range(first, first + share)
                yield [(reader(self.train[order[p]][0]), self.train[order[p]][1], self.draw(epoch, p)) for p in places]

        return self.loaded(listed())

    def split(self, name, size, rank, world):
        del name
        mine = self.tested[rank::world]
        parts = (mine[i : i + size] for i in range(0, len(mine), size))
        return self.loaded([(reader(path), label, None) for path, label in part] for part in parts)


def reader(path):
    def read():
        with open(path, "rb") as file:
            return file.read()

    return read


class ShardData(FileData):
    """Tar shards. Each process has shards of its own; an epoch is `images` images of all together."""

    def __init__(self, settings, shape, device):
        super().__init__(settings, shape, device)
        if not settings.images:
            raise SystemExit("error: how many images the shards hold is not known; say --images 1281167")
        self.shards, self.count = expanded(settings.data), settings.images
        self.tested = expanded(settings.test_data) if settings.test_data else []
        self.classes = None

    def batches(self, epoch, start, size, rank, world):
        if len(self.shards) < world:
            raise SystemExit(f"error: {len(self.shards)} shards cannot be shared by {world} processes")
        share = size // world

        def stream():
            turn = 0
            while True:
                order = permutation(split(split(split(self.key, "order"), epoch), turn), len(self.shards)).tolist()
                for place in order[rank::world]:
                    yield from samples(self.shards[place])
                turn += 1

        def gathered():
            images = stream()
            for _ in range(start * share):
                next(images)
            for batch in range(start, self.count // size):
                first = batch * size + rank * share
                yield [(*next(images), self.draw(epoch, first + i)) for i in range(share)]

        return self.loaded(gathered())

    def split(self, name, size, rank, world):
        del name

        def gathered():
            batch = []
            for shard in self.tested[rank::world]:
                for image, label in samples(shard):
                    batch.append((image, label, None))
                    if len(batch) == size:
                        yield batch
                        batch = []
            if batch:
                yield batch

        return self.loaded(gathered())


def open_data(settings, shape, device):
    """The data that the settings name: netfold's raw files, folders of images, or shards."""
    from data import RawData

    if settings.data.split("?")[0].rstrip().endswith(".tar") or settings.data.startswith("pipe:"):
        return ShardData(settings, shape, device)
    if os.path.isdir(os.path.join(settings.data, "train")):
        return FolderData(settings, shape, device)
    if settings.data != "cifar10" and not os.path.isdir(settings.data):
        raise SystemExit(f"error: there are no images in {settings.data}; say where they are with --data")
    return RawData(settings, shape, device)
