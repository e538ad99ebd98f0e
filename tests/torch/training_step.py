"""Holds first training steps of netfold's engines against PyTorch.

Each line on standard input names a folder with

    plan.json            the planned network
    given.safetensors    parameters and running statistics, `images` and `targets`
    outcome.safetensors  `loss`, gradients and moved running statistics as an engine has them

and is answered by a line of JSON: for each tensor of the outcome its L2
distance from PyTorch's in float64 (`error`), the distance of PyTorch's own
float32 (`own`), the tensor's norm (`norm`), and the norm of what its rounding is
a part of (`scale`): of all gradients together, or of the values whose mean or
variance it is.

A value close to where a rectifier or a maximum switches lands on either side by
chance, and moves every gradient before it by far more than rounding does. So
PyTorch's own error is the largest of several float32 runs that differ in what
rounding decides: the order of additions, by memory formats and the order of
images, and the last bit of every number that is given. There are six of them,
and up to forty where the outcome is further off than it may be, which the two
arguments say: how many times PyTorch's own error, and the share of `scale`
below which an error is rounding.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

from network import Network, to_netfold, to_torch
from tensor_file import read

SMOOTHING = 0.1
IN_ORDER = None
FEWEST = 6
TIMES, ROUNDING = (float(word) for word in sys.argv[1:])


def leaves(plan: dict):
    """The layers of a plan, in order."""
    if plan["kind"] == "layer":
        yield plan
    for part in plan.get("parts") or plan.get("branches") or [plan[key] for key in ("body",) if key in plan]:
        yield from leaves(part)


def rounded(tensor: torch.Tensor, draws: torch.Generator) -> torch.Tensor:
    """Each number, or its neighbour above or below."""
    towards = torch.randint(-1, 2, tensor.shape, generator=draws)
    infinite = torch.full_like(tensor, torch.inf)
    above, below = torch.nextafter(tensor, infinite), torch.nextafter(tensor, -infinite)
    return torch.where(towards > 0, above, torch.where(towards < 0, below, tensor))


def step(plan: dict, given: dict, dtype: torch.dtype, format: torch.memory_format, seed: int | None) -> dict:
    """Loss, gradients and moved statistics of one step, in float64 and in netfold's layouts."""
    images = given["images"].permute(0, 3, 1, 2).to(dtype)
    targets = given["targets"].to(dtype)
    tensors = {
        name: to_torch(name, tensor).to(dtype, copy=True)
        for name, tensor in given.items()
        if name not in ("images", "targets")
    }
    if seed is not IN_ORDER:
        draws = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(images), generator=draws)
        images, targets = rounded(images[order], draws), targets[order]
        tensors = {name: rounded(tensor, draws) for name, tensor in tensors.items()}
    trained = {
        name: tensor.requires_grad_()
        for name, tensor in tensors.items()
        if not name.endswith((".mean", ".variance"))
    }
    logits = Network(plan, tensors, True)(images.contiguous(memory_format=format))
    loss = F.cross_entropy(logits, targets, label_smoothing=SMOOTHING)
    slopes = torch.autograd.grad(loss, list(trained.values()))
    outcome = {name: to_netfold(name, slope.double()) for name, slope in zip(trained, slopes)}
    norms = [layer for layer in leaves(plan) if layer["layer"]["type"] == "batch_norm"]
    for layer in norms:
        if "home" in layer:
            continue
        mean, variance = f"{layer['path']}.mean", f"{layer['path']}.variance"
        outcome[mean] = tensors[mean].double()
        # PyTorch's running variance is of a sample, n / (n - 1) of netfold's.
        count = len(images) * torch.Size(layer["input"][:-1]).numel()
        # A shared batch norm moves them at each of its places.
        places = sum(norm.get("home", norm["path"]) == layer["path"] for norm in norms)
        kept = layer["layer"]["momentum"] ** places * given[variance].double()
        outcome[variance] = kept + (tensors[variance].double() - kept) * (count - 1) / count
    for layer in leaves(plan):
        if layer["layer"]["type"] != "coordinate_mask":
            continue
        # Its batch norm sees the rows and the columns, one after the other.
        mean, variance = f"{layer['path']}.bn1.mean", f"{layer['path']}.bn1.variance"
        outcome[mean] = tensors[mean].double()
        count = len(images) * sum(layer["input"][:2])
        kept = 0.9 * given[variance].double()
        outcome[variance] = kept + (tensors[variance].double() - kept) * (count - 1) / count
    outcome["loss"] = loss.detach().double().reshape(1)
    return outcome


def comparison(folder: Path) -> dict:
    """The figures of one folder, by the tensors' names."""
    plan = json.loads((folder / "plan.json").read_text())
    given = read(folder / "given.safetensors")
    got = read(folder / "outcome.safetensors")
    right = step(plan, given, torch.float64, torch.contiguous_format, IN_ORDER)
    if got.keys() != right.keys():
        raise ValueError(f"the outcomes differ in {sorted(got.keys() ^ right.keys())}")
    formats = (torch.contiguous_format, torch.channels_last)
    trained = [name for name in right if name != "loss" and not name.endswith((".mean", ".variance"))]
    total = torch.cat([right[name].flatten() for name in trained]).norm().item()

    def scale(name: str) -> float:
        path, _, kind = name.rpartition(".")
        if kind not in ("mean", "variance"):
            return right[name].norm().item() if name == "loss" else total
        squares = right[f"{path}.mean"] ** 2 + right[f"{path}.variance"]
        return (squares.sqrt() if kind == "mean" else squares).norm().item()

    figures = {
        name: {
            "error": (got[name].double() - right[name]).norm().item(),
            "own": 0.0,
            "norm": right[name].norm().item(),
            "scale": scale(name),
        }
        for name in right
    }
    runs = [(format, seed) for seed in (IN_ORDER, *range(1, 20)) for format in formats]
    for number, (format, seed) in enumerate(runs):
        if number >= FEWEST and all(map(is_near, figures.values())):
            break
        run = step(plan, given, torch.float32, format, seed)
        for name, figure in figures.items():
            figure["own"] = max(figure["own"], (run[name] - right[name]).norm().item())
    return figures


def is_near(figure: dict) -> bool:
    """Whether an outcome is as near to what is right as it has to be."""
    return figure["error"] <= TIMES * max(figure["own"], ROUNDING * figure["scale"])


# Tests run side by side; threads that wait for each other would take far longer than one.
torch.set_num_threads(1)

# PyTorch's own kernels only: on some processors those of the libraries that it
# loads overwrite the heap, and the process dies at a network that is none the worse.
torch.backends.mkldnn.set_flags(False)
torch.backends.nnpack.set_flags(False)

for line in sys.stdin:
    print(json.dumps(comparison(Path(line.strip()))), flush=True)
