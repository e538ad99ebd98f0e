"""Averages of weights and running statistics in the emitted script: python averages.py PROJECT FOLDER

Writes JSON: what was found of each.
"""

import contextlib
import io
import json
import os
import shutil
import sys

project, folder = sys.argv[1:]
os.chdir(project)
sys.path.insert(0, project)

import torch  # noqa: E402
import train as script  # noqa: E402
from learner import Learner  # noqa: E402
from model import named_tensors, to_netfold, write_safetensors  # noqa: E402
from state import read_weights  # noqa: E402

torch.set_num_threads(1)
found = {}
KEEP = 0.75


def run(name, *options, tell=lambda kind, what: None, resume=False):
    """Trains eight steps or as many as are asked for; gives what was told, and what stderr says."""
    words = ["--out", f"{folder}/{name}", "--precision", "float64", "--batch", "16", "--steps", "8", "--validation", "32"]
    given, config, settings = script.read([*words, *options, *(["--resume"] if resume else [])])
    told, said = {}, io.StringIO()

    def hear(kind, what):
        told[kind] = what
        tell(kind, what)

    with contextlib.redirect_stderr(said):
        script.train(settings, config, hear, given.resume)
    return told, said.getvalue()


def tensors_of(name, file="last"):
    return read_weights(f"{folder}/{name}/{file}.safetensors")[0]


def near(a, b):
    return torch.allclose(a.double(), b.double(), rtol=2**-22, atol=1e-9)


# By plain sums, from what the network holds after each step.
step, seen = Learner.step, []


def watched(learner, *given):
    sums = step(learner, *given)
    seen.append({name: to_netfold(tensor.detach().clone()) for name, tensor in named_tensors(learner.network).items()})
    return sums


Learner.step = watched
told, _ = run("averaged", "--ema", str(KEEP))
Learner.step = step
last, best = tensors_of("averaged"), tensors_of("averaged", "best")
sums = [seen[0]]
for number, now in enumerate(seen[1:], 1):
    share = min(number / (number + 1), KEEP)
    sums.append({name: share * before + (1 - share) * now[name] for name, before in sums[-1].items()})
wanted = sums[-1]
found["steps"] = len(seen)
found["sums"] = [name for name in wanted if not near(last[f"@average/{name}"], wanted[name])]
found["averaged"] = sorted(name.removeprefix("@average/") for name in last if name.startswith("@average/"))
found["moved"] = [name for name in wanted if near(last[name], wanted[name])]

# What is told is what the best weights reach, averages of the end of an epoch.
at = json.loads(read_weights(f"{folder}/averaged/best.safetensors")[1]["netfold.run"])["position"]["step"]
found["best"] = [at in (6, 8), *(name for name in best if name in wanted and not near(best[name], sums[at - 1][name]))]
_, config, settings = script.read(["--precision", "float64"])
measured = script.evaluate(settings, config, f"{folder}/averaged/best.safetensors")
found["told"] = abs(measured["loss"] - told["test"]["loss"]) < 1e-9

# Where averages begin, in a run that has none of statistics, or none at all.
STATISTICS = ("mean", "variance")
restore, begun = script.restore, []


def noted(learner, *given, **how):
    restore(learner, *given, **how)
    own = named_tensors(learner.network)
    begun.append([name for name, average in learner.average.items() if torch.equal(average, own[name])])
    begun.append([name for name, average in learner.average.items() if average.requires_grad])


script.restore = noted


def stopped(name, *options):
    """A run as a kill after its fourth step leaves it."""

    def tell(kind, what):
        if kind == "step" and what["step"] == 4 and not os.path.exists(f"{folder}/{name}"):
            shutil.copytree(f"{folder}/{name}-whole", f"{folder}/{name}")

    run(f"{name}-whole", "--save-every", "0", *options, tell=tell)
    lock = f"{folder}/{name}/lock.json"
    if os.path.exists(lock):
        os.remove(lock)


stopped("earlier", "--ema", str(KEEP))
path = f"{folder}/earlier/last.safetensors"
tensors, metadata = read_weights(path)
kept = {
    name: tensor
    for name, tensor in tensors.items()
    if not (name.startswith("@average/") and name.endswith(STATISTICS))
}
write_safetensors(path, kept, metadata)
_, said = run("earlier", "--ema", str(KEEP), resume=True)
found["earlier"] = [said.strip(), *begun]
begun.clear()

for name, options in (("file", ()), ("shards", ("--checkpoints", "sharded"))):
    stopped(name, *options)
    _, said = run(name, "--ema", str(KEEP), *options, resume=True)
    found[name] = [said.strip().split("\n")[-1], *(sorted(names) for names in begun)]
    begun.clear()

json.dump(found, sys.stdout)
