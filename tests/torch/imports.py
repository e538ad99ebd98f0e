"""Networks of torchvision with weights that are anything but initial, and what netfold makes of them.

Usage: imports.py save FOLDER NAME SIZE [NAME SIZE]... writes state dicts, FOLDER/NAME/state.pth.
imports.py compare FOLDER NAME SIZE [NAME SIZE]... prints as JSON how far the logits of the projects
exported to FOLDER/NAME/project, with the weights of the runs FOLDER/NAME/run, are from their own.
"""

import importlib.util
import json
import os
import re
import sys
import types

import torch

# Its own operators, which no classifier has, may have been built for another torch.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("none")
import torchvision


# The features of VGG's hidden dense layers, which hold nearly all of its numbers.
HIDDEN = 64


def network_of(name):
    torch.manual_seed(0)
    network = torchvision.models.get_model(name, num_classes=10)
    if name.startswith("vgg"):
        for place, inputs, outputs in ((0, 512 * 7 * 7, HIDDEN), (3, HIDDEN, HIDDEN), (6, HIDDEN, 10)):
            network.classifier[place] = torch.nn.Linear(inputs, outputs)
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


def save(name, size, folder):
    # DenseNets are offered under names of older modules, without counters.
    older = {
        re.sub(r"(denselayer\d+\.\w+)([12]\.\w+)$", r"\1.\2", key): value
        for key, value in network_of(name).state_dict().items()
        if "densenet" not in name or "num_batches_tracked" not in key
    }
    os.mkdir(folder)
    torch.save(older, f"{folder}/state.pth")


def compare(name, size, folder):
    spec = importlib.util.spec_from_file_location("model", f"{folder}/project/model.py")
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    theirs, ours = network_of(name), model.Network().eval()
    model.load_netfold(ours, f"{folder}/run/best.safetensors")
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        wanted = theirs(images)
        difference = (ours(images) - wanted).abs().max() / wanted.abs().max()
    return difference.item()


act = {"save": save, "compare": compare}[sys.argv[1]]
folder, *subjects = sys.argv[2:]
pairs = zip(subjects[::2], subjects[1::2])
print(json.dumps({name: act(name, int(size), f"{folder}/{name}") for name, size in pairs}))
