"""netfold's weight files: safetensors of float32 or float16, kernels HWIO and IO, a checksum."""

import hashlib
import json
import math
import os
import re
import stat
import struct

import torch
from torch import nn


def swapped(tensor: torch.Tensor, order: tuple[int, ...]) -> torch.Tensor:
    """The one place where layouts change; kernels alone have four axes or two."""
    if tensor.dim() == 4:
        return tensor.permute(order).contiguous()
    return tensor.t().contiguous() if tensor.dim() == 2 else tensor


def from_netfold(tensor: torch.Tensor) -> torch.Tensor:
    """HWIO to OIHW, IO to OI; anything else as it is."""
    return swapped(tensor, (3, 2, 0, 1))


def to_netfold(tensor: torch.Tensor) -> torch.Tensor:
    """OIHW to HWIO, OI to IO; anything else as it is."""
    return swapped(tensor, (2, 3, 1, 0))


def read_safetensors(path: str) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The tensors of a file, in the file's layouts, and its metadata."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        said = "a folder, a device or a pipe, and only an ordinary file can be read"
        raise ValueError(f"{path} is {said}")
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    check = metadata.pop("netfold.sha256", None)
    if check is not None and sealed(content, length, check) != check:
        said = "the content does not match its checksum; use another checkpoint or a copy"
        raise ValueError(f"{path}: {said}")
    metadata.pop("netfold.format", None)
    tensors = {}
    for name, entry in header.items():
        kind = {"F32": torch.float32, "F16": torch.float16}.get(entry["dtype"])
        if kind is None:
            said = f"{name} is {entry['dtype']}, and every tensor must be F32 or F16"
            raise ValueError(f"{path}: {said}")
        start, end = entry["data_offsets"]
        count, at = (end - start) * 8 // torch.finfo(kind).bits, 8 + length + start
        flat = torch.empty(0)
        if count:
            flat = torch.frombuffer(content, dtype=kind, count=count, offset=at)
        tensors[name] = flat.reshape(entry["shape"]).to(torch.float32, copy=True)
    return tensors, metadata


def write_safetensors(
    path: str, tensors: dict[str, torch.Tensor], metadata: dict[str, str]
) -> None:
    """Writes a file in one step: a reader meets the old file or the new one."""
    blank = "0" * 64
    texts = {**metadata, "netfold.format": "1", "netfold.sha256": blank}
    header, at = {"__metadata__": dict(sorted(texts.items()))}, 0
    for name in sorted(tensors):
        shape = list(tensors[name].shape)
        size = 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    content = bytearray(struct.pack("<Q", len(text)) + text + bytes(at))
    for name in sorted(tensors):
        start, end = header[name]["data_offsets"]
        if end == start:
            continue
        count, at = (end - start) // 4, 8 + len(text) + start
        room = torch.frombuffer(content, dtype=torch.float32, count=count, offset=at)
        room.copy_(tensors[name].detach().to("cpu", torch.float32).reshape(-1))
    check = sealed(content, len(text), blank).encode()
    place = content.index(b'"netfold.sha256":"') + len(b'"netfold.sha256":"')
    content[place : place + 64] = check
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def sealed(content: bytearray, length: int, check: str) -> str:
    """The SHA-256 of a file with the digits of its own checksum, `check`, read as zeros."""
    place = content.index(check.encode(), 8, 8 + length)
    digest = hashlib.sha256(memoryview(content)[:place])
    digest.update(b"0" * 64)
    digest.update(memoryview(content)[place + 64 :])
    return digest.hexdigest()


def load_netfold(network: nn.Module, path: str) -> dict[str, str]:
    """Loads weights and running statistics; gives the file's metadata.

    What is not the network's stays unread. Raises ValueError with the first path that differs
    when the file belongs to another network.
    """
    tensors, metadata = read_safetensors(path)
    load_tensors(network, tensors, path)
    return metadata


@torch.no_grad()
def load_tensors(network: nn.Module, tensors: dict[str, torch.Tensor], path: str) -> None:
    """Loads tensors in netfold's layouts; `path` is for the message when they do not fit."""
    own = named_tensors(network)
    for name, tensor in own.items():
        shape, found = list(to_netfold(tensor).shape), tensors.get(name)
        if found is None or list(found.shape) != shape:
            got = "missing" if found is None else list(found.shape)
            said = f"{name} is {got}, and {shape} is needed"
            raise ValueError(f"{path} belongs to another network: {said}")
    surplus = [name for name in tensors if name not in own and not name.startswith("@")]
    if surplus:
        said = f"it has {surplus[0]}, which this network lacks"
        raise ValueError(f"{path} belongs to another network: {said}")
    for name, tensor in own.items():
        tensor.copy_(from_netfold(tensors[name]))


def save_netfold(network: nn.Module, path: str, metadata: dict[str, str] | None = None) -> None:
    """Saves weights and running statistics as netfold and any safetensors reader open them."""
    tensors = {name: to_netfold(tensor) for name, tensor in named_tensors(network).items()}
    write_safetensors(path, tensors, metadata or {})


# netfold's words for the tensors of norms, which PyTorch calls otherwise.
NORM = {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "variance"}


def named_tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    """The parameters and running statistics of a network by netfold's paths.

    What PyTorch calls stage1.unit1.conv2.weight is stage1.unit1.conv2.kernel there, the weight of
    a norm its gamma, that of a PReLU its alpha; a part in a row, unit.2, is unit2.
    """
    found = {}
    for path, part in network.named_modules():
        place = re.sub(r"(_orig_mod|_checkpoint_wrapped_module)(\.|$)", "", path).rstrip(".")
        place = re.sub(r"\.(\d+)(?=\.|$)", r"\1", place)
        words = {"weight": "alpha" if isinstance(part, nn.PReLU) else "kernel"}
        if hasattr(part, "running_mean") or isinstance(part, (nn.LayerNorm, nn.GroupNorm)):
            words = NORM
        tensors = (*part.named_parameters(recurse=False), *part.named_buffers(recurse=False))
        for name, tensor in tensors:
            if name not in ("num_batches_tracked", "by_rows"):
                name = words.get(name, name)
                found[f"{place}.{name}" if place else name] = tensor
    return found
