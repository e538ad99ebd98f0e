"""What a checkpoint holds of a run, in netfold's layouts: weights, statistics, what the optimiser and the average keep."""

import struct
import sys

import torch
from model import from_netfold, load_tensors, named_tensors, read_safetensors, to_netfold
from optimizer import KEPT
from sharded import is_sharded, local

AVERAGE = "@average/"


def read_weights(path):
    """The tensors of a weight file, and its metadata; what cannot be read is said in words."""
    try:
        return read_safetensors(path)
    except OSError as error:
        raise SystemExit(f"error: {path} cannot be read: {error.strerror}") from None
    except struct.error:
        raise SystemExit(f"error: {path} is no weight file: it ends before its header does") from None
    except ValueError as error:
        said = str(error)
        raise SystemExit(f"error: {said}" if path in said else f"error: {path} is no weight file: {said}") from None


def load_weights(network, tensors, path):
    """Loads weights and running statistics; of another network's file the first path that differs is named."""
    try:
        load_tensors(network, tensors, path)
    except ValueError as error:
        raise SystemExit(f"error: {error}") from None


@torch.no_grad()
def replace_weights(network, tensors):
    """Puts other weights of the same network into one that is at work, in shards or not."""
    for name, own in named_tensors(network).items():
        own.copy_(placed(tensors[name], own))


def held(learner):
    """Every tensor of the run as this process holds it: whole or in shards, in PyTorch's layouts."""
    learner.share_statistics()
    tensors = {name: tensor.detach() for name, tensor in named_tensors(learner.network).items()}
    for name, parameter in learner.names.items():
        if not parameter.requires_grad:
            continue
        state = learner.optimizer.state.get(parameter, {})
        kind = learner.kinds.get(name)
        for key, prefix in KEPT.get(kind, {}).items():
            kept = state.get(key)
            tensors[prefix + name] = torch.zeros_like(tensors[name]) if kept is None else kept
        if kind == "adamw":
            tensors["@adam.step"] = torch.tensor(float(state.get("step", 0.0)))
    tensors.update({AVERAGE + name: average for name, average in learner.average.items()})
    if learner.average:
        tensors["@average.step"] = torch.tensor(float(learner.done))
    return tensors


def snapshot(learner, average=False):
    """Every tensor of the run, whole and in netfold's layouts; with `average`, the averages in the place of what they are of."""
    tensors = held(learner)
    if average:
        tensors.update({name: tensors.pop(AVERAGE + name) for name in learner.average})
    return {name: whole(tensor) for name, tensor in tensors.items()}


def refuse_broken(tensors, team):
    """Refuses to save, in all processes, a tensor that holds a number that is not finite in any."""
    broken = team.total([not torch.isfinite(local(tensor)).all() for tensor in tensors.values()])
    name = next((name for name, processes in zip(tensors, broken) if processes), None)
    if name is not None:
        raise SystemExit(f"error: {name} is not finite; lower the learning rate; what was saved is kept")


def whole(tensor):
    """A tensor whose shards are brought together, in netfold's layout."""
    full = tensor.full_tensor() if is_sharded(tensor) else tensor
    return to_netfold(full.to("cpu", torch.float32))


def placed(tensor, like):
    """A tensor of a checkpoint as `like` is: its layout, its device, its shards."""
    full = from_netfold(tensor).to(like.device, like.dtype)
    if not is_sharded(like):
        return full.to(memory_format=memory_format(like))
    from torch.distributed.tensor import distribute_tensor

    return distribute_tensor(full, like.device_mesh, like.placements)


def restore(learner, tensors, done, put=placed):
    """Gives the optimiser and the average back what a checkpoint holds of them after so many steps.

    What `put` makes of a tensor is as the parameter beside it: by default of one in netfold's layout."""
    learner.done = done
    device = learner.team.device if learner.settings.fused else "cpu"
    for name, parameter in learner.names.items():
        kind, state = learner.kinds.get(name), learner.optimizer.state
        for key, prefix in KEPT.get(kind, {}).items():
            if prefix + name in tensors:
                state[parameter][key] = put(tensors[prefix + name], parameter)
        if kind == "adamw" and "@adam.step" in tensors:
            state[parameter]["step"] = tensors["@adam.step"].reshape(()).clone().to(device)
    for name, now in learner.averaged.items():
        kept = tensors.get(AVERAGE + name)
        learner.average[name].copy_(now.detach() if kept is None else put(kept, now))
    missing = [name for name in learner.averaged if AVERAGE + name not in tensors]
    if missing and learner.team.rank == 0:
        others = f" and of {len(missing) - 1} more" if missing[1:] else ""
        said = "what the checkpoint has"
        print(f"note: there is no average of {missing[0]}{others}: it begins with {said}", file=sys.stderr)


def memory_format(tensor):
    last = tensor.dim() == 4 and tensor.is_contiguous(memory_format=torch.channels_last)
    return torch.channels_last if last and not tensor.is_contiguous() else torch.preserve_format
