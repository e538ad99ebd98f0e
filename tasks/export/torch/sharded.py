"""FSDP2: each process holds its shard of the parameters, of their gradients and of what the optimiser keeps."""

import warnings

import torch

# Of operations in place, which no emitted network has.
warnings.filterwarnings("ignore", "FSDP2-wrapped module .* returned a view")


def shard(network, numbers=None):
    """Shards a network stage by stage, and computes in `numbers` of half the bits, or as the parameters are.

    In half the bits parameters are gathered and maps kept, and gradients are added up in float32, as torchtitan does;
    batch norms, whose statistics are float32, have their scales and shifts in float32 too."""
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    halved = MixedPrecisionPolicy(param_dtype=numbers, reduce_dtype=torch.float32) if numbers else MixedPrecisionPolicy()
    as_they_are = MixedPrecisionPolicy(cast_forward_inputs=False)
    for part in network.children():
        if not has_parameters(part):
            continue
        norms = [norm for norm in part.modules() if numbers and hasattr(norm, "running_mean") and has_parameters(norm)]
        if norms:
            fully_shard(norms, mp_policy=as_they_are)
        if part not in norms:
            fully_shard(part, mp_policy=halved)
    return fully_shard(network, mp_policy=halved)


def has_parameters(part):
    return any(True for _ in part.parameters())


def local(tensor):
    """The part of a tensor in shards that is this process's, or a tensor that is not in shards."""
    return tensor.to_local() if is_sharded(tensor) else tensor


def is_sharded(tensor):
    return hasattr(tensor, "to_local")
