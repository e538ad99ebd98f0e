"""Reads safetensors files of float32 tensors (https://huggingface.co/docs/safetensors, "Format")."""

import json
import math
import struct

import torch


def read(path: str) -> dict[str, torch.Tensor]:
    """The tensors by name; their shapes are netfold's."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(
            data, dtype=torch.float32, count=math.prod(entry["shape"]), offset=entry["data_offsets"][0]
        ).reshape(entry["shape"])
        for name, entry in header.items()
    }
