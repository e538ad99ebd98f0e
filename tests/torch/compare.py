"""Compares an emitted module with the plan that it came from, by way of network.py.

Usage: compare.py MODULE WEIGHTS PLAN BATCH. MODULE is an emitted model.py, WEIGHTS a
file of netfold's, PLAN the plan as JSON. Prints as JSON the names and shapes of the
parameters, and for training and evaluation how far logits and gradients are from those
of network.py in float64: the module's own in float64 (`exact`) and in float32 (`found`),
and those of network.py in float32 (`own`), the larger distance of two orders of the batch.
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
        if plan.get("type") in ("dropout", "stochastic_depth"):
            plan["rate"] = 0.0
        for part in plan.values():
            without_dropout(part)
    if isinstance(plan, list):
        for part in plan:
            without_dropout(part)


def distances(found, wanted):
    """The differences as shares of what is wanted, or of a thousandth of the largest where that is next to nothing."""
    least = 1e-3 * max(tensor.double().norm().item() for tensor in wanted.values())
    return {
        name: (found[name].double() - tensor).norm().item() / max(tensor.norm().item(), least)
        for name, tensor in wanted.items()
    }


def answer(logits, labels, learnt):
    """Logits and gradients as one table."""
    F.cross_entropy(logits, labels).backward()
    return {"logits": logits.detach(), **{name: tensor.grad for name, tensor in learnt.items()}}


def reference(plan, tensors, images, labels, training, dtype):
    given = {name: tensor.to(dtype, copy=True) for name, tensor in tensors.items()}
    learnt = {name: t.requires_grad_() for name, t in given.items() if not name.endswith((".mean", ".variance"))}
    return answer(Network(plan, given, training)(images.to(dtype)), labels, learnt)


def module(model, network, tensors, images, labels, training, dtype):
    network = network.to(dtype)
    own = model.named_tensors(network)
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(tensors[name])
    network.train(training)
    network.zero_grad()
    learnt = {name: tensor for name, tensor in own.items() if isinstance(tensor, torch.nn.Parameter)}
    return answer(network(images.to(dtype)), labels, learnt)


def lived_in(model, network, images):
    """Tensors with the running statistics of a batch, without which deep networks overflow."""
    norms = [part for part in network.modules() if hasattr(part, "running_mean")]
    moments = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    network.train()
    with torch.no_grad():
        network(images.flip(3))
    for norm, momentum in zip(norms, moments):
        norm.momentum = momentum
    return {name: tensor.detach().clone() for name, tensor in model.named_tensors(network).items()}


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
        if isinstance(part, getattr(model, "StochasticDepth", ())):
            part.rate = 0.0
    height, width, channels = plan["input"]
    images = torch.randn(int(batch), channels, height, width)
    labels = torch.arange(int(batch)) % plan["output"][0]
    loaded = {name: to_torch(name, t) for name, t in model.read_safetensors(weights)[0].items()}
    own = model.named_tensors(network)
    told = {"shapes": {name: list(model.to_netfold(t).shape) for name, t in own.items()}}
    told["loaded"] = all(torch.equal(loaded[name], t) for name, t in own.items())
    tensors = lived_in(model, network, images)
    for mode in ("evaluation", "training"):
        training = mode == "training"
        wanted = reference(plan, tensors, images, labels, training, torch.float64)
        own = reference(plan, tensors, images, labels, training, torch.float32)
        turned = reference(plan, tensors, images.flip(0), labels.flip(0), training, torch.float32)
        turned["logits"] = turned["logits"].flip(0)
        owns = [distances(own, wanted), distances(turned, wanted)]
        found = module(model, network, tensors, images, labels, training, torch.float32)
        told[mode] = {
            "peer": (found["logits"] - own["logits"]).abs().max().item(),
            "exact": distances(module(model, network, tensors, images, labels, training, torch.float64), wanted),
            "found": distances(found, wanted),
            "own": {name: max(some[name] for some in owns) for name in wanted},
        }
    print(json.dumps(told))


main(*sys.argv[1:])
