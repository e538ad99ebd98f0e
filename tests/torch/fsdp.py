"""What FSDP trains, and what it is held against: python fsdp.py PROJECT FOLDER, in two processes and then in one.

Each run has a folder of its own. What no run's folder tells is printed as JSON, by the first of two processes.
"""

import json
import os
import shutil
import sys

project, folder = sys.argv[1:3]
sys.path.insert(0, project)

import torch  # noqa: E402
import torch.distributed.fsdp as fsdp  # noqa: E402
import torch.nn.functional as F  # noqa: E402
import train as script  # noqa: E402

torch.set_num_threads(1)
alone = int(os.environ.get("WORLD_SIZE", 1)) == 1
SHARDS = () if alone else ("--fsdp", "yes")
SAVES = ("--checkpoints", "sharded", "--save-every", "0")
# Everything by which a step could go wrong in one of two processes and not in the other. One batch
# holds what is held out, so that the second process has none to measure.
EVERYTHING = (
    "--batch 16 --epochs 2 --validation 32 --pad 4 --flip yes --label-smoothing 0.1 --ema 0.9 --clip 0.5 --cutout 8"
    " --mixup 0.4 --cutmix 1 --sampling balanced --class-weights balanced --sync-batch-norm yes --schedule constant"
).split()
# Steps must be small for rounding not to grow.
RATES = {"sgd": "0.1", "adamw": "0.1", "lion": "0.001", "muon": "0.1"}
GROUPS = {
    "kind": "groups",
    "groups": [
        {"path": "stage", "role": "kernel", "rate": 0.5, "optimizer": {"kind": "muon", "rescale": True, "weightDecay": 0.01, "nesterov": False}},
        {"path": "conv2", "role": "kernel", "schedule": "linear", "optimizer": {"kind": "lion"}, "rate": 0.01},
        {"role": "bias", "optimizer": {"kind": "adamw"}, "rate": 0.1},
        {"role": "shift", "rate": 0},
    ],
    "otherwise": {"kind": "muon", "iterations": 3, "others": {"kind": "sgd", "momentum": 0.8}},
}


class Killed(Exception):
    """What stands for a kill: nothing is saved on the way out."""


def run(name, *options, at=None):
    """Trains, by default eleven steps in float64; with `at` it ends after that step. Gives what the test told."""
    words = ["--out", f"{folder}/{name}", *EVERYTHING, "--precision", "float64", "--steps", "11", "--rate", "0.1"]
    given, config, settings = script.read([*words, *options])
    told = {}

    def tell(kind, what):
        told[kind] = what
        if kind == "step" and what["step"] == at:
            raise Killed

    try:
        script.train(settings, config, tell, given.resume, given.weights)
    except Killed:
        pass
    return told.get("test")


def grouped():
    """The option by which the recipe has groups."""
    with open(f"{project}/config.json") as file:
        found = json.load(file)
    found["config"]["recipe"]["optimizer"] = GROUPS
    path = f"{folder}/groups {os.getpid()}.json"
    with open(path, "w") as file:
        json.dump(found, file)
    return "--config", path


def halved():
    """In which numbers a stage computes with bfloat16, and batch norms in it."""
    seen, policies, conv2d, batch_norm, fully_shard = set(), set(), F.conv2d, F.batch_norm, fsdp.fully_shard

    def name(*tensors):
        return " ".join(str(tensor.dtype).removeprefix("torch.") for tensor in tensors)

    def convolved(x, weight, *rest):
        if torch.is_grad_enabled():
            seen.add(f"conv {name(x, weight)}")
        return conv2d(x, weight, *rest)

    def normalized(x, mean, variance, weight, bias, *rest):
        if torch.is_grad_enabled():
            seen.add(f"norm {name(x, mean, variance, weight, bias)}")
        return batch_norm(x, mean, variance, weight, bias, *rest)

    def sharded(module, mp_policy):
        policies.add(f"{mp_policy.param_dtype} {mp_policy.reduce_dtype}")
        return fully_shard(module, mp_policy=mp_policy)

    brief = ("--precision", "bfloat16", "--sync-batch-norm", "no")
    copies = run("halved copies", *brief)
    F.conv2d, F.batch_norm, fsdp.fully_shard = convolved, normalized, sharded
    shards = run("halved shards", *brief, *SHARDS)
    F.conv2d, F.batch_norm, fsdp.fully_shard = conv2d, batch_norm, fully_shard
    as_trained = run("halved as trained", *brief, *SHARDS, "--measure", "as-trained")
    again = run("halved again", *brief, *SHARDS, "--recompute", "yes", "--optimizer", "muon")
    _, config, settings = script.read([*EVERYTHING, "--precision", "float32"])
    whole = script.evaluate(settings, config, f"{folder}/halved shards/best.safetensors")
    losses = {"copies": copies, "shards": shards, "whole": whole, "as trained": as_trained, "again": again}
    return {
        "seen": sorted(seen),
        "policies": sorted(policies),
        "losses": {name: measured["loss"] for name, measured in losses.items()},
    }


place = "one" if alone else "two"
for optimizer, rate in RATES.items():
    words = ("--optimizer", optimizer, "--rate", rate, *SHARDS)
    # All but one are resumed.
    for steps in ("11",) if optimizer == "sgd" else ("6", "11"):
        run(f"{optimizer} in {place}", *words, "--resume", "--steps", steps)
groups = grouped()
run(f"groups in {place}", *groups, *SHARDS)
found = {}
if not alone:
    for name, ways in (("shards", SHARDS), ("copies", ())):
        run(f"groups accumulated in {name}", *groups, *ways, "--accumulate", "2", "--steps", "5")
    # What is resumed by as many processes, and by one.
    run("groups killed", *groups, *SHARDS, *SAVES, at=8)
    torch.distributed.barrier()
    if int(os.environ["RANK"]) == 0:
        shutil.copytree(f"{folder}/groups killed", f"{folder}/groups resumed in one")
    torch.distributed.barrier()
    run("groups killed", *groups, *SHARDS, *SAVES, "--resume")
    found = halved()
else:
    run("groups resumed in one", *groups, *SAVES, "--resume")
if alone or int(os.environ["RANK"]) == 0:
    print(json.dumps(found))
