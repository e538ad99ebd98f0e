"""A network of torchvision and its weights in an exported project: their largest difference in logits.

Usage: imports.py PROJECT NAME SIZE.
"""

import json
import os
import sys

import torch
import torchvision


def main(project, name, size):
    sys.path.insert(0, project)
    import import_weights
    from model import Network, load_netfold

    torch.manual_seed(0)
    theirs = torchvision.models.get_model(name, num_classes=10).train()
    images = torch.randn(2, 3, int(size), int(size))
    with torch.no_grad():
        theirs(images)
    state, target = os.path.join(project, "state.pth"), os.path.join(project, "weights.safetensors")
    torch.save(theirs.state_dict(), state)
    sys.stdout = sys.stderr
    import_weights.main(state, target)
    sys.stdout = sys.__stdout__
    network = Network()
    load_netfold(network, target)
    with torch.no_grad():
        difference = (network.eval()(images) - theirs.eval()(images)).abs().max().item()
    print(json.dumps(difference))


main(*sys.argv[1:])
