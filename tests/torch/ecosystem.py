"""What PyTorch's own tools make of emitted modules.

Usage: ecosystem.py MODULE... [--all MODULE...]. Each MODULE is an emitted model.py whose images are small. For
each a line of JSON is printed: by how much outputs and gradients of what torch.fx,
torch.jit.script, torch.export (with a batch of any size) and torch.compile make of the network
differ from its own, as shares of the largest number, in training and, for batches of two
sizes, in evaluation. Of those after --all, which take longer, that of torch.compile too, the
classes of the modules, and what comes of them in other tools.
"""

import copy
import importlib.util
import json
import re
import sys

import torch
import torch.nn.functional as F
from torch import nn

BATCH = 4


def emitted(path):
    spec = importlib.util.spec_from_file_location("model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def still(network):
    """A network in which nothing is drawn, with statistics of its own."""
    for part in network.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0
        if hasattr(part, "rate"):
            part.rate = 0.0
        if hasattr(part, "running_mean"):
            nn.init.uniform_(part.running_mean, -0.1, 0.1)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
    return network


def answer(network, images):
    """Logits and the gradients of a loss, in the order of the parameters' names."""
    names = {name.removeprefix("_orig_mod.").replace(".", "_"): p for name, p in network.named_parameters()}
    learnt = [names[name] for name in sorted(names) if names[name].requires_grad]
    logits = network(images)
    labels = torch.arange(len(images)) % logits.shape[1]
    gradients = torch.autograd.grad(F.cross_entropy(logits, labels), learnt)
    return [logits.detach(), *gradients]


def difference(found, wanted):
    return max(
        ((a - b).abs().max() / b.abs().max().clamp_min(1e-3 * most)).item()
        for most in [max(b.abs().max().item() for b in wanted[1:])]
        for a, b in zip(found, wanted)
    )


def traced(network, images):
    return torch.fx.symbolic_trace(network)


def scripted(network, images):
    return torch.jit.script(network)


def exported(network, images):
    batch = torch.export.Dim("batch", min=2, max=64)
    program = torch.export.export(network, (images,), dynamic_shapes=({0: batch},), strict=False)
    return program.module()


def compiled(network, images):
    torch._dynamo.reset()
    # What is compiled is the whole graph; C++ of it would take most of the time.
    return torch.compile(network, fullgraph=True, backend="aot_eager")


WAYS = {"fx": traced, "script": scripted, "export": exported, "compile": compiled}


def told(path, everything):
    torch.manual_seed(0)
    model = emitted(path)
    with open(path) as file:
        shape = [int(size) for size in re.search(r"Images are batch x (.*), the", file.read())[1].split(" x ")]
    network = still(model.Network()).double()
    images = torch.randn(BATCH, *shape, dtype=torch.float64)
    fewer = torch.randn(BATCH - 1, *shape, dtype=torch.float64)
    found = {"off": {}}
    for name in WAYS if everything else ("fx", "script", "export"):
        for mode in ("training", "evaluation"):
            own = copy.deepcopy(network).train(mode == "training")
            made = WAYS[name](copy.deepcopy(own), images)
            pairs = [images] if mode == "training" else [images, fewer]
            found["off"][f"{name} in {mode}"] = max(
                difference(answer(made, some), answer(own, some)) for some in pairs
            )
    return {**found, **tools(network.float(), images.float())} if everything else found


def tools(network, images):
    """What is left of batch norms where PyTorch converts, averages and quantises them, and how many there were."""
    norms = [part for part in network.modules() if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d))]
    together = nn.SyncBatchNorm.convert_sync_batchnorm(copy.deepcopy(network))
    averaged = copy.deepcopy(network)
    torch.optim.swa_utils.update_bn([images, images], averaged)
    counts = [part.num_batches_tracked.item() for part in averaged.modules() if hasattr(part, "num_batches_tracked")]
    return {
        "classes": sorted({type(part).__name__ for part in network.modules()}),
        "norms": len(norms),
        "together": sum(isinstance(part, nn.SyncBatchNorm) for part in together.modules()),
        "averaged": sum(count == 2 for count in counts),
        "quantised": quantised(network, images),
    }


def quantised(network, images):
    """The classes of a network in int8."""
    from torch.ao.quantization import get_default_qconfig_mapping
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

    mapping = get_default_qconfig_mapping(torch.backends.quantized.engine)
    prepared = prepare_fx(copy.deepcopy(network).eval(), mapping, (images,))
    prepared(images)
    made = convert_fx(prepared)
    if not made(images).isfinite().all():
        raise ValueError("the network in int8 gives what is no number")
    return sorted({type(part).__name__ for part in made.modules()})


def main(paths):
    torch.set_num_threads(1)
    torch.backends.nnpack.set_flags(False)
    everything = False
    for path in paths:
        if path == "--all":
            everything = True
        else:
            print(json.dumps(told(path, everything)), flush=True)


main(sys.argv[1:])
