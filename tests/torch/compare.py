"""Compares an emitted module with the plan that it came from, by way of network.py.

Usage: compare.py MODULE WEIGHTS PLAN BATCH. MODULE is an emitted model.py, WEIGHTS a
file of netfold's, PLAN the plan as JSON. Prints as JSON the names and shapes of the
parameters, and for training and evaluation how far logits are from those of network.py
in float32, and how far logits and gradients are from those of network.py in float64,
with the distance of network.py in float32 beside it.
"""

import importlib.util
import json
import os
import sys

import torch
import torch.nn.functional as F

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from network import Network, to_torch  # noqa: E402


def emitted(path):
    spec = importlib.util.spec_from_file_location("model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def without_dropout(plan):
    """Drawn numbers cannot be compared."""
    if isinstance(plan, dict):
        if plan.get("type") == "dropout":
            plan["rate"] = 0.0
        for part in plan.values():
            without_dropout(part)
    if isinstance(plan, list):
        for part in plan:
            without_dropout(part)


def distance(found, wanted):
    """The difference as a share of what is wanted."""
    scale = wanted.double().norm().item()
    return (found.double() - wanted.double()).norm().item() / (scale if scale > 0 else 1.0)


def largest(found, wanted):
    """The largest difference between logits, which are of the order of 1 or more."""
    return (found.double() - wanted.double()).abs().max().item() / max(1.0, wanted.abs().max().item())


def reference(plan, tensors, images, labels, training, dtype):
    given = {name: tensor.to(dtype, copy=True) for name, tensor in tensors.items()}
    learnt = {name: t.requires_grad_() for name, t in given.items() if not name.endswith((".mean", ".variance"))}
    logits = Network(plan, given, training)(images.to(dtype))
    F.cross_entropy(logits, labels).backward()
    return logits.detach(), {name: tensor.grad for name, tensor in learnt.items()}


def main(path, weights, plan_path, batch):
    torch.manual_seed(0)
    # Maps this small are computed faster than threads wait for each other.
    torch.set_num_threads(1)
    model = emitted(path)
    network = model.Network()
    model.load_netfold(network, weights)
    with open(plan_path) as file:
        plan = json.load(file)
    without_dropout(plan)
    for part in network.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.0
    height, width, channels = plan["input"]
    images = torch.randn(int(batch), channels, height, width)
    labels = torch.arange(int(batch)) % plan["output"][0]
    tensors = {name: to_torch(name, t) for name, t in model.read_safetensors(weights)[0].items()}
    told = {"shapes": {name: list(model.to_netfold(t).shape) for name, t in network.state_dict().items()}}
    for mode in ("evaluation", "training"):
        training = mode == "training"
        wanted, slopes = reference(plan, tensors, images, labels, training, torch.float64)
        own, own_slopes = reference(plan, tensors, images, labels, training, torch.float32)
        network.train(training)
        network.zero_grad()
        logits = network(images)
        F.cross_entropy(logits, labels).backward()
        found = {name: parameter.grad for name, parameter in network.named_parameters()}
        told[mode] = {
            "logits": [largest(logits.detach(), own), largest(logits.detach(), wanted), largest(own, wanted)],
            "gradients": {
                name: [distance(found[name], slopes[name]), distance(own_slopes[name], slopes[name])]
                for name in slopes
            },
        }
    print(json.dumps(told))


main(*sys.argv[1:])
