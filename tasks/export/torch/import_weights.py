"""Takes weights of torchvision's ResNets, ResNeXts and VGGs into the network of model.py, by structure.

    python import_weights.py resnet50.pth weights.safetensors

The file is a state dict (.pth) or safetensors of float32. Every tensor must find its
place, and every place its tensor; else the first that differs is named.
"""

import re
import sys

import torch
from model import Network, read_safetensors, save_netfold

PARTS = {"weight": "kernel", "bias": "bias"}
NORM_PARTS = {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "variance"}


def resnet_name(name):
    """`layer2.0.downsample.1.running_mean` is `stage2.unit1.projection.bn1.mean`."""
    place, part = name.rsplit(".", 1)
    norm = re.search(r"(^|\.)bn\d$|downsample\.1$", place) is not None
    place = re.sub(r"^(conv1|bn1)$", r"stem.\1", place)
    place = re.sub(r"^layer(\d+)\.(\d+)", lambda found: f"stage{found[1]}.unit{int(found[2]) + 1}", place)
    place = place.replace("downsample.0", "projection.conv1").replace("downsample.1", "projection.bn1")
    place = re.sub(r"^fc$", "classifier", place)
    return f"{place}.{(NORM_PARTS if norm else PARTS).get(part, part)}"


def vgg_names(names, network):
    """VGG's convolutions and dense layers stand in the same order in both."""
    theirs = sorted({n.rsplit(".", 1)[0] for n in names}, key=lambda n: (n.startswith("classifier"), int(n.split(".")[1])))
    ours = [n for n, part in network.named_modules() if hasattr(part, "kernel")]
    if len(theirs) != len(ours):
        raise SystemExit(f"error: the file has {len(theirs)} layers with weights, and the network {len(ours)}")
    return {f"{a}.{part}": f"{b}.{own}" for a, b in zip(theirs, ours) for part, own in PARTS.items()}


def channels_last(weight, network, name):
    """The first dense layer after a map: torchvision flattens channels first, netfold channels last."""
    convolutions = [part for part in network.modules() if getattr(part, "kernel", torch.empty(0)).dim() == 4]
    channels = convolutions[-1].kernel.shape[0]
    if weight.shape[1] == channels or weight.shape[1] % channels != 0 or name != first_dense(network):
        return weight
    side = int((weight.shape[1] // channels) ** 0.5)
    return weight.view(-1, channels, side, side).permute(0, 2, 3, 1).reshape(weight.shape)


def first_dense(network):
    return next(f"{n}.kernel" for n, part in network.named_modules() if getattr(part, "kernel", torch.empty(0)).dim() == 2)


def placed(theirs, network):
    """The state dict of the network from torchvision's."""
    theirs = {name: tensor for name, tensor in theirs.items() if not name.endswith("num_batches_tracked")}
    vgg = any(name.startswith("features.") for name in theirs)
    names = vgg_names(theirs, network) if vgg else {name: resnet_name(name) for name in theirs}
    own, state = network.state_dict(), {}
    for name, tensor in theirs.items():
        place = names[name]
        if place not in own:
            raise SystemExit(f"error: {name} would be {place}, which the network lacks")
        if tensor.dim() == 2 and vgg:
            tensor = channels_last(tensor, network, place)
        if tensor.shape != own[place].shape:
            raise SystemExit(f"error: {name} is {list(tensor.shape)}, and {place} is {list(own[place].shape)}")
        state[place] = tensor
    missing = [name for name in own if name not in state]
    if missing:
        raise SystemExit(f"error: the file has nothing for {missing[0]}")
    return state


def main(source, target):
    network = Network()
    if source.endswith(".safetensors"):
        theirs = read_safetensors(source)[0]
    else:
        theirs = torch.load(source, map_location="cpu", weights_only=True)
    network.load_state_dict(placed(theirs, network))
    save_netfold(network, target)
    print(f"{target} holds the {len(theirs)} tensors of {source}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
