// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `cifar.py`, edit `cifar.py` instead. */
const source: string = `"""CIFAR-10 and CIFAR-100 from their authors' files: the binary version, and the Python version, which torchvision keeps too."""

import io
import os
import pickle
from dataclasses import dataclass

import torch
from regular import MOST_DATA, MOST_TEXT, content_of
from tell import seen

PIXELS = 3 * 32 * 32


@dataclass(frozen=True)
class Layout:
    """How the files of a version are called; \`label\` is where a record of the binary one, or a batch of the other, has its class."""

    name: str
    folder: str
    train: tuple
    test: tuple
    names: str
    label: object


LAYOUTS = (
    Layout("cifar10", "cifar-10-batches-bin", tuple(f"data_batch_{n}.bin" for n in range(1, 6)), ("test_batch.bin",), "batches.meta.txt", (1, 0)),
    Layout("cifar100", "cifar-100-binary", ("train.bin",), ("test.bin",), "fine_label_names.txt", (2, 1)),
    Layout("cifar10", "cifar-10-batches-py", tuple(f"data_batch_{n}" for n in range(1, 6)), ("test_batch",), "batches.meta", b"labels"),
    Layout("cifar100", "cifar-100-python", ("train",), ("test",), "meta", b"fine_labels"),
)


def cifar_in(folder):
    """The layout whose files a folder or one in it holds, and where; nothing when it holds none."""
    for layout in LAYOUTS:
        for place in (folder, os.path.join(folder, layout.folder)):
            if all(os.path.isfile(os.path.join(place, name)) for name in (*layout.train, *layout.test, layout.names)):
                return layout, place
    return None


def read_cifar(layout, place):
    """Pixels, N x 32 x 32 x 3 bytes, and classes of the training and of the test images; and the names of the classes."""
    parts = []
    for files in (layout.train, layout.test):
        read = [read_batch(layout, os.path.join(place, name)) for name in files]
        pixels, labels = (torch.cat(tensors) for tensors in zip(*read))
        parts.append((pixels.view(-1, 3, 32, 32).permute(0, 2, 3, 1).contiguous(), labels.long()))
    names = names_in(layout, os.path.join(place, layout.names))
    most = max(int(labels.max()) for _, labels in parts)
    if most >= len(names):
        raise SystemExit(f"error: {seen(place)} has images of class {most}, and names of {len(names)} classes")
    return parts, names


def read_batch(layout, path):
    if isinstance(layout.label, tuple):
        before, at = layout.label
        content = content_of(path, MOST_DATA)
        if not content or len(content) % (before + PIXELS) != 0:
            raise SystemExit(f"error: {seen(path)} is of {len(content)} bytes, and records are of {before + PIXELS}")
        records = torch.frombuffer(bytearray(content), dtype=torch.uint8).view(-1, before + PIXELS)
        return records[:, before:], records[:, at]
    found = unpickled(path, MOST_DATA)
    data, labels = found.get(b"data"), found.get(layout.label)
    if not isinstance(data, Array) or not isinstance(labels, list) or data.shape != (len(labels), PIXELS) or len(data.content) != len(labels) * PIXELS:
        raise SystemExit(f"error: {seen(path)} does not hold images of {PIXELS} bytes, each with its class")
    return torch.frombuffer(bytearray(data.content), dtype=torch.uint8).view(-1, PIXELS), torch.tensor(labels)


def names_in(layout, path):
    if isinstance(layout.label, tuple):
        return content_of(path, MOST_TEXT).decode().split()
    names = unpickled(path, MOST_TEXT).get(b"label_names" if layout.name == "cifar10" else b"fine_label_names", ())
    return [name.decode() for name in names]


class Array:
    """What a pickle holds of an array of NumPy's; nothing of NumPy is needed, or run."""

    shape, content = (), b""

    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        _, self.shape, _, _, self.content = state


class Kind:
    """An array's type, of which bytes alone have none to tell."""

    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        pass


STANDS_FOR = {"_reconstruct": Array, "ndarray": Array, "dtype": Kind}


class Unpickler(pickle.Unpickler):
    """Reads plain values and arrays; whatever else a pickle would make is refused."""

    def find_class(self, module, name):
        if module.split(".")[0] == "numpy" and name in STANDS_FOR:
            return STANDS_FOR[name]
        raise pickle.UnpicklingError(f"it would run {module}.{name}")


def unpickled(path, most):
    try:
        found = Unpickler(io.BytesIO(content_of(path, most)), encoding="bytes").load()
    except (pickle.UnpicklingError, ValueError, EOFError, TypeError, AttributeError, IndexError) as error:
        raise SystemExit(f"error: {seen(path)} is no batch of CIFAR's Python version: {seen(error)}") from None
    if not isinstance(found, dict):
        raise SystemExit(f"error: {seen(path)} is no batch of CIFAR's Python version")
    return found
`;

export default source;
