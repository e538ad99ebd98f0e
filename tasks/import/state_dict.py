"""Writes the state dict in a file of PyTorch to standard output, as safetensors of float32.

Usage: state_dict.py FILE. The file holds a state dict, or a training's checkpoint with one in
it. Whole numbers, which count batches, are left out.
"""

import json
import struct
import sys

import torch

INSIDE = ("state_dict", "model_state_dict", "model")


def read(path):
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # What torch.load raises depends on what is wrong with the file.
        raise SystemExit(f"error: {type(error).__name__}: {str(error).splitlines()[0]}") from None
    for name in INSIDE:
        if isinstance(found, dict) and isinstance(found.get(name), dict):
            found = found[name]
    if not isinstance(found, dict) or not any(isinstance(tensor, torch.Tensor) for tensor in found.values()):
        raise SystemExit("error: it holds no tensors by name")
    return {name: t for name, t in found.items() if isinstance(t, torch.Tensor) and t.is_floating_point()}


def main(path):
    tensors = read(path)
    header, at = {}, 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + 4 * tensor.numel()]}
        at += 4 * tensor.numel()
    text = json.dumps(header).encode()
    sys.stdout.buffer.write(struct.pack("<Q", len(text)) + text)
    for tensor in tensors.values():
        content = bytearray(4 * tensor.numel())
        if content:
            torch.frombuffer(content, dtype=torch.float32).copy_(tensor.detach().flatten())
        sys.stdout.buffer.write(content)


main(sys.argv[1])
