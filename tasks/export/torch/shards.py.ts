// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `shards.py`, edit `shards.py` instead. */
const source: string = `"""Tar shards in WebDataset's layout: KEY.jpg beside KEY.cls, the class as a number.

Their names are a pattern with braces, train-{000..146}.tar: of files, of addresses
(https://...) or of what a command prints (pipe:aws s3 cp ... -).
"""

import os
import re
import subprocess
import tarfile
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

from images import ENDINGS, FileData
from keys import permutation, split, threefry
from regular import MOST_IMAGE, ordinary
from tell import seen
from views import File


def is_shards(name):
    """Whether data of this name comes in shards."""
    return name.split("?")[0].rstrip().endswith(".tar") or name.startswith("pipe:")


def expanded(pattern):
    """The names that a pattern such as train-{000..146}.tar stands for."""
    found = re.search(r"\\{(\\d+)\\.\\.(\\d+)\\}", pattern)
    if found is None:
        return [pattern]
    first, last = found.groups()
    numbers = [str(n).zfill(len(first)) for n in range(int(first), int(last) + 1)]
    return [name for n in numbers for name in expanded(pattern[: found.start()] + n + pattern[found.end() :])]


@contextmanager
def opened(name):
    """A shard as a stream."""
    if not name.startswith("pipe:"):
        with urllib.request.urlopen(name) if re.match(r"https?://", name) else open(name, "rb", opener=ordinary) as stream:
            yield stream
        return
    # Ctrl-C is sent to commands too, but the run still takes some steps before it saves.
    command = subprocess.Popen(f"trap '' INT TERM; {name[5:]}", shell=True, stdout=subprocess.PIPE)
    with command.stdout as stream:
        yield stream
        stream.read()
    if command.wait() != 0:
        raise OSError(f"the command ended with exit code {command.returncode}")


def files(shard):
    """The images of a shard, as they come; a shard that cannot be read is named."""
    try:
        yield from members(shard)
    except (OSError, ValueError, tarfile.TarError) as error:
        raise SystemExit(f"error: {seen(shard)} cannot be read: {seen(error)}") from None


def members(shard):
    with opened(shard) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        key, image, label = None, None, None
        for member in tar:
            if not member.isfile():
                continue
            name, ending = os.path.splitext(member.name)
            if name != key:
                key, image, label = name, None, None
            if member.size > MOST_IMAGE:
                raise ValueError(f"{member.name} is of {member.size} bytes, and at most {MOST_IMAGE} are read")
            content = tar.extractfile(member).read()
            if ending.lower() in ENDINGS:
                image = content
            elif ending == ".cls":
                label = int(content)
            if image is not None and label is not None:
                yield File(f"{key} of {shard}", label, content=image)
                key, image, label = None, None, None


def shuffled(stream, key, size):
    """Files of a stream in another order: each is drawn from \`size\` that wait."""
    waiting = []
    for turn, file in enumerate(stream):
        if len(waiting) < size:
            waiting.append(file)
            continue
        place = threefry(key, turn, 0)[0] % size
        file, waiting[place] = waiting[place], file
        yield file
    for place in permutation(split(key, "rest"), len(waiting)).tolist():
        yield waiting[place]


class ShardData(FileData):
    """Tar shards. Each process has shards of its own; an epoch is \`images\` images of all together."""

    def __init__(self, settings, shape, device):
        super().__init__(settings, shape, device)
        if settings.validation or settings.limit:
            raise SystemExit("error: no images can be held out of shards, or left out; say --validation 0 --limit 0")
        if not settings.test_data:
            raise SystemExit("error: there are no shards to test on; say where they are with --test-data")
        self.shards, self.tested = expanded(settings.data), expanded(settings.test_data)
        for name in self.shards + self.tested:
            if not re.match(r"pipe:|https?://", name) and not os.path.exists(name):
                raise SystemExit(f"error: there is no shard {seen(name)}")
        self.images, self.shuffle = settings.images, settings.shuffle
        self.classes = self.validation = None

    @property
    def count(self):
        """How many images an epoch has."""
        if not self.images:
            raise SystemExit("error: how many images the shards hold is not known; say --images 1281167")
        return self.images

    def batches(self, epoch, start, size, rank, world):
        if len(self.shards) < world:
            raise SystemExit(f"error: {len(self.shards)} shards cannot be shared by {world} processes")
        share = size // world

        def stream():
            turn = 0
            while True:
                key = split(split(split(self.key, "order"), epoch), turn)
                mine = permutation(key, len(self.shards)).tolist()[rank::world]
                found = False
                for file in shuffled((f for place in mine for f in files(self.shards[place])), key, self.shuffle):
                    found = True
                    yield from [file] * self.settings.repeats
                if not found:
                    raise SystemExit(f"error: {seen(self.shards[mine[0]])} holds no images KEY.jpg beside KEY.cls")
                turn += 1

        def gathered():
            drawn, key = stream(), self.draw(epoch)
            for _ in range(start * share):
                next(drawn)
            for batch in range(start, self.count // size):
                first = batch * size + rank * share
                yield [replace(next(drawn), draw=key and (key, first + i)) for i in range(share)]

        return self.mixing.in_pairs(self.loaded(gathered(), fill=True), epoch, start, self.of)

    def split(self, name, size, rank, world):
        del name

        def gathered():
            batch = []
            for shard in self.tested[rank::world]:
                for file in files(shard):
                    batch.append(file)
                    if len(batch) == size:
                        yield batch
                        batch = []
            if batch:
                yield batch

        return self.loaded(gathered())
`;

export default source;
