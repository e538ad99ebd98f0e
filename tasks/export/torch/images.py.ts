// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `images.py`, edit `images.py` instead. */
const source: string = `"""Images from files, decoded by several workers, and folders of them: train/CLASS/IMAGE and val/CLASS/IMAGE."""

import os
import queue
import sys
import threading
from collections import deque

import torch
from augment import check_randaugment
from classes import Classes
from data import Images, choose
from keys import seed_key, split
from mixing import Mixing
from pictures import is_picture
from regular import ordinary
from tell import seen
from views import DEVIATION, MEAN, File, Views
from workers import Workers

ENDINGS = (".jpg", ".jpeg", ".png", ".ppm", ".webp")
TESTED = ("test", "val", "valid", "validation")
# How many batches are in the making at a time.
AHEAD = 3


class FileData:
    """What folders and shards have in common: views, batches, several workers that decode."""

    def __init__(self, settings, shape, device):
        check_randaugment(settings, shape)
        self.device, self.settings = device, settings
        self.key = split(seed_key(settings.seed), "data")
        self.views, self.workers = Views(settings, shape), None
        self.mixing = Mixing(settings, self.key)
        self.logits = None  # how many classes there may be
        self.normalization = {"kind": "per-channel", "mean": MEAN, "std": DEVIATION}

    def know(self, classes, settings):
        """Takes how many classes there are."""
        self.logits, self.of = classes, Classes(settings, self.labels(), classes, self.device)

    def labels(self):
        """The classes of the training images, where they are known."""

    def normalize(self, mean, deviation=None):
        """Takes the normalisation of a run, to measure its weights by, before any batch is asked for."""
        self.views.normalize(mean, deviation)

    def loaded(self, batches, fill=False):
        """Batches of files as tensors on the device, some of them in the making; see \`made\` for \`fill\`."""
        self.workers = self.workers or Workers(self.settings, self.views)
        waiting = queue.Queue(1)
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
            making = deque()
            try:
                for batch in batches:
                    making.append((batch, *self.workers.begin(batch)))
                    while making and (len(making) >= AHEAD or all(part.done() for part in making[0][-1])):
                        if not hand_over(self.made(*making.popleft(), fill)):
                            return
                while making:
                    if not hand_over(self.made(*making.popleft(), fill)):
                        return
                hand_over(None)
            except BaseException as error:  # Raised by whoever waits for the next batch.
                hand_over(error)
            finally:
                for *_, parts in making:
                    for part in parts:
                        part.cancel()

        maker = threading.Thread(target=make, daemon=True)
        maker.start()
        try:
            while (made := waiting.get()) is not None:
                if isinstance(made, BaseException):
                    raise made
                images, labels = made
                yield images.to(self.device, non_blocking=True), labels.to(self.device)
        finally:
            ended.set()
            # A thread within PyTorch aborts a Python that is being shut down; one that waits for its data does not.
            maker.join(timeout=5)

    def close(self):
        """Ends those that decode."""
        if self.workers is not None:
            self.workers.close()

    def made(self, files, images, parts, fill):
        """A batch of views; a broken image is named and left out, or, to \`fill\` the batch, another takes its place."""
        for file in files:
            if self.logits is not None and not 0 <= file.label < self.logits:
                raise SystemExit(f"error: {seen(file.name)} is of class {file.label}, and the network has {self.logits}")
        wrong = [error for part in parts for error in part.result()]
        labels = torch.tensor([file.label for file in files])
        for file, error in zip(files, wrong):
            if error is not None:
                print(f"warning: {seen(file.name)} cannot be read: {seen(error)}", file=sys.stderr, flush=True)
                self.check_read(file.name)
        if wrong.count(None) < len(files):
            whole = [place for place, error in enumerate(wrong) if error is None]
            if fill and not whole:
                raise SystemExit("error: no image of a whole batch can be read")
            taken = [whole[place % len(whole)] for place in range(len(files))] if fill else whole
            # Those that take another's place come last.
            images, labels = images[taken], labels[taken]
        return images.pin_memory() if self.device.type == "cuda" else images, labels

    def check_read(self, name):
        """Fails when the image of a name is the last of its class, and none of them could be read."""

    def tested_classes(self):
        """The classes that the test images are of, where that is known, and their names."""
        return {}

    def draw(self, epoch):
        """What the views of an epoch are drawn from, or None."""
        return split(split(self.key, "augment"), epoch) if self.views.is_random else None


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
        share, key = size // world, self.draw(epoch)

        def listed():
            for batch in range(start, self.count // size):
                first = batch * size + rank * share
                yield [File(*self.train[order[p]], key and (key, p)) for p in range(first, first + share)]

        return self.mixing.in_pairs(self.loaded(listed(), fill=True), epoch, start, self.of)

    def tested_classes(self):
        """The classes that the test images are of, and their names."""
        return {label: self.classes[label] for _, label in self.tested}

    def split(self, name, size, rank, world):
        self.check_filled()
        mine = (self.tested if name == "test" else self.validation)[rank::world]
        parts = (mine[i : i + size] for i in range(0, len(mine), size))
        return self.loaded([File(*entry) for entry in part] for part in parts)


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


def is_folder(name):
    """Whether a folder holds folders of classes."""
    return os.path.isdir(os.path.join(name, "train"))
`;

export default source;
