"""RandAugment, erasing and repeats of images in memory and from files: python augment.py PROJECT FOLDER"""

import io
import json
import os
import signal
import sys
import tarfile
import types

project, folder = sys.argv[1:3]
sys.path.insert(0, project)

# torchvision's operators need the very PyTorch that it was built with; its functions of images do not.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("none")

import torch  # noqa: E402
import train as script  # noqa: E402
from augment import OPERATIONS, all_changed, erase  # noqa: E402
from state import read_weights  # noqa: E402
from torchvision.transforms.v2 import functional as images  # noqa: E402

torch.set_num_threads(1)
found = {}
EVERYTHING = ("--randaugment", "2", "--erasing", "0.5", "--pad", "2", "--flip", "yes", "--repeats", "2", "--cutout", "6")
SHORT = ("--precision", "float32", "--batch", "16", "--steps", "6", "--seed", "3")


def run(name, *options, at=None):
    given, config, settings = script.read(["--out", f"{folder}/{name}", *SHORT, *options])

    def tell(kind, what):
        if kind == at:
            os.kill(os.getpid(), signal.SIGTERM)

    return script.train(settings, config, tell, given.resume)


def same(one, other):
    a, b = (read_weights(f"{folder}/{name}/last.safetensors")[0] for name in (one, other))
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def refused(*options, shape=(32, 32, 3)):
    try:
        script.open_data(script.read([*SHORT, *options])[2], list(shape), torch.device("cpu"))
    except SystemExit as error:
        return str(error)
    return "not refused"


def batches(*options, start=0, rank=0, world=1):
    """The images of the second epoch."""
    settings = script.read([*SHORT, *options])[2]
    data = script.open_data(settings, [32, 32, 3], torch.device("cpu"))
    data.know(10, settings)
    return [pixels for pixels, _ in data.batches(1, start, 16, rank, world)]


# Every operation gives one image what it gives it among others, and does something.
some = (torch.arange(6 * 3 * 32 * 32) * 2654435761 % 251).byte().view(6, 3, 32, 32)
some[1::2] //= 2
alike, idle = [], []
for number, operation in enumerate(OPERATIONS):
    for share in (0.3, -0.3, 1.0):
        together = operation(images, some, share)
        alike.append(all(torch.equal(operation(images, one, share), many) for one, many in zip(some, together)))
    idle += [number] if torch.equal(operation(images, some // 2, 1.0), some // 2) else []
found["operations"] = [all(alike), idle]
# Bits choose them: the 2nd and the last operation, one with each sign.
kinds = torch.tensor([2**32 // 14 + 1, 2**32 - 1]), torch.tensor([0, 2**32 - 1])
changed = all_changed(some[:2], 1, 30, lambda turn: kinds)
found["chosen"] = [torch.equal(changed[0], OPERATIONS[1](images, some[0], 1.0)), torch.equal(changed[1], OPERATIONS[13](images, some[1], -1.0))]
white = torch.ones(3, 32, 32)
erase(white, iter([0.5, 0.5, 0.5, 0.5] * 10).__next__)
share = (white == 0).double().mean().item()
found["erased"] = 0.02 <= share <= 0.33

# In memory: what an image becomes follows from its place in the epoch, whoever makes it and from wherever.
whole = batches(*EVERYTHING)
halves = [batches(*EVERYTHING, rank=rank, world=2) for rank in (0, 1)]
found["shares"] = all(torch.equal(torch.cat(parts), both) for *parts, both in zip(*halves, whole))
found["from the middle"] = all(map(torch.equal, batches(*EVERYTHING, start=3), whole[3:]))
mixed = ("--mixup", "0.4", "--cutmix", "1", "--erasing", "0.5")
halves = [batches(*mixed, rank=rank, world=2) for rank in (0, 1)]
found["mixed shares"] = all(torch.equal(torch.cat(parts), both) for *parts, both in zip(*halves, batches(*mixed)))
plain = batches()
for name, words in (("randaugment", ("--randaugment", "1")), ("erasing", ("--erasing", "0.5"))):
    differ = [not torch.equal(a, b) for one, other in zip(batches(*words), plain) for a, b in zip(one, other)]
    found[name] = sum(differ) / len(differ)
still = ("--repeats", "2", "--pad", "0", "--flip", "no")
first, bare = batches(*still, "--erasing", "0.9")[0], batches(*still)[0]
found["repeats"] = [torch.equal(bare[0::2], bare[1::2]), torch.equal(first[0::2], first[1::2])]
found["ended"] = [run("whole", *EVERYTHING), run("again", *EVERYTHING), run("stopped", *EVERYTHING, "--save-every", "0", at="step")]
with open(f"{folder}/stopped/steps.csv") as file:
    found["stopped after"] = len(file.readlines()) - 1
found["ended"].append(run("stopped", *EVERYTHING, "--resume"))
found["same"] = [same("whole", "again"), same("whole", "stopped")]

# From files, also without cuts and light; repeats of shards.
for part in ("train", "test"):
    for kind in range(10):
        os.makedirs(f"{folder}/images/{part}/{kind}")
        for i in range(2):
            with open(f"{folder}/images/{part}/{kind}/{i}.ppm", "wb") as file:
                file.write(b"P6 40 40 255\n" + bytes((x * 7 + kind * 20 + i * 3) % 256 for x in range(40 * 40 * 3)))
places = ("--data", f"{folder}/images", "--augment", "no")
plain = batches(*places)
found["files"] = [torch.equal(batches(*places, *words)[0], plain[0]) for words in ((), ("--randaugment", "2"), ("--erasing", "0.9"))]
with tarfile.open(f"{folder}/0.tar", "w") as tar:
    for i in range(16):
        for ending, content in (("ppm", b"P6 40 40 255\n" + bytes([10 * i] * 4800)), ("cls", b"%d" % (i % 10))):
            entry = tarfile.TarInfo(f"{i}.{ending}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
shards = ("--data", f"{folder}/0.tar", "--test-data", f"{folder}/0.tar", "--images", "16", "--augment", "no", "--repeats", "2")
one = batches(*shards)[0]
found["shards"] = [torch.equal(one[0::2], one[1::2]), len({image.mean().item() for image in one})]

found["channels"] = refused("--randaugment", "1", shape=(32, 32, 4))
for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
    del sys.modules[name]
sys.modules["torchvision"] = None
found["missing"] = [refused("--randaugment", "1"), refused(*places, "--randaugment", "1"), refused("--erasing", "0.5")]
print(json.dumps(found))
