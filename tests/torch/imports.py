"""A network of torchvision with weights that are anything but initial, and what netfold makes of them.

Usage: imports.py save NAME SIZE FILE writes its state dict; imports.py compare NAME SIZE PROJECT
WEIGHTS prints how far the logits of an exported project with these weights are from its own.
"""

import json
import re
import sys
import types

import torch

# Its own operators, which no classifier has, may have been built for another torch.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("none")
import torchvision


def network_of(name):
    torch.manual_seed(0)
    network = torchvision.models.get_model(name, num_classes=10)
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.1)
            part.running_var.uniform_(0.5, 1.5)
            torch.nn.init.uniform_(part.weight, 0.5, 1.5)
            torch.nn.init.normal_(part.bias, 0, 0.1)
        if isinstance(part, torch.nn.LayerNorm):
            torch.nn.init.uniform_(part.weight, 0.5, 1.5)
            torch.nn.init.normal_(part.bias, 0, 0.1)
        if hasattr(part, "layer_scale"):
            torch.nn.init.uniform_(part.layer_scale, -0.5, 0.5)
    return network.eval()


def save(name, size, path):
    # DenseNets are offered under names of older modules, without counters.
    older = {
        re.sub(r"(denselayer\d+\.\w+)([12]\.\w+)$", r"\1.\2", key): value
        for key, value in network_of(name).state_dict().items()
        if "densenet" not in name or "num_batches_tracked" not in key
    }
    torch.save(older, path)


def compare(name, size, project, weights):
    sys.path.insert(0, project)
    from model import Network, load_netfold

    theirs, ours = network_of(name), Network().eval()
    load_netfold(ours, weights)
    images = torch.randn(2, 3, int(size), int(size))
    with torch.no_grad():
        wanted = theirs(images)
        difference = (ours(images) - wanted).abs().max() / wanted.abs().max()
    print(json.dumps(difference.item()))


{"save": save, "compare": compare}[sys.argv[1]](*sys.argv[2:])
