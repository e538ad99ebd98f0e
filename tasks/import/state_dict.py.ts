// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `state_dict.py`, edit `state_dict.py` instead. */
const source: string = `"""Writes the tensors in a file of PyTorch to standard output, as safetensors of float32.

Usage: state_dict.py FILE. What a dictionary within a dictionary holds goes by both names, with a
dot between them. Of whole numbers, which count batches, the names alone are written. Nothing in
the file is executed: torch.load reads weights only.
"""

import json
import re
import struct
import sys

import torch

DEEPEST = 8
MOST_BYTES = 4 * 2**30


def refuse(kind, said):
    raise SystemExit(f"error: {kind}: {said}")


def read(path):
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # What torch.load raises depends on what is wrong with the file.
        said = str(error)
    found = re.search(r"GLOBAL (\\S+)", said)
    if found is not None:
        refuse("global", found[1])
    if "TorchScript" in said:
        refuse("script", "a program of TorchScript")
    lines = re.sub(r"\\x1b\\[[0-9;]*m", "", said.split("WeightsUnpickler error:")[-1]).split("\\n")
    refuse("broken", next((line.strip() for line in lines if re.search(r"[a-z]{3}", line)), "no pickle of PyTorch's"))


def flattened(value, prefix="", depth=0):
    if isinstance(value, torch.Tensor):
        yield prefix, value
    elif isinstance(value, dict) and depth < DEEPEST:
        for key, part in value.items():
            if isinstance(key, str):
                yield from flattened(part, f"{prefix}.{key}" if depth > 0 else key, depth + 1)


def is_held(tensor):
    """Whether the file holds each number of a tensor, and not a few that are repeated without end."""
    is_dense = tensor.layout is torch.strided
    return not is_dense or tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()


def main(path):
    found, header, at = read(path), {}, 0
    tensors = [(name, tensor) for name, tensor in flattened(found) if name != ""]
    for name, tensor in tensors:
        if name in header:
            refuse("broken", f"two tensors are named {name}")
        floats = tensor.is_floating_point()
        size = 4 * tensor.numel() if floats else 0
        shape = list(tensor.shape) if floats else [0]
        header[name] = {"dtype": "F32" if floats else "I64", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    if at > MOST_BYTES:
        refuse("broken", f"tensors of {at} bytes")
    for name, tensor in tensors:
        if not is_held(tensor):
            refuse("broken", f"{name} of {tensor.numel()} numbers, of which the file holds fewer")
    text = json.dumps(header).encode()
    sys.stdout.buffer.write(struct.pack("<Q", len(text)) + text)
    for _, tensor in tensors:
        content = bytearray(4 * tensor.numel() if tensor.is_floating_point() else 0)
        if content:
            torch.frombuffer(content, dtype=torch.float32).copy_(tensor.detach().to_dense().flatten())
        sys.stdout.buffer.write(content)


main(sys.argv[1])
`;

export default source;
