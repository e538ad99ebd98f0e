"""What options of train.py do, each on a run of a few steps: python options.py PROJECT FOLDER RECIPES

RECIPES are, as JSON, what others than the project's have of their own.
"""

import contextlib
import dataclasses
import io
import json
import os
import pickle
import signal
import sys
import types

project, folder, recipes = sys.argv[1:4]
sys.path.insert(0, project)

# torchvision's operators need the very PyTorch that it was built with; its functions of images do not.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("none")

import numpy  # noqa: E402
import torch  # noqa: E402
import train as script  # noqa: E402
from checkpoints import described  # noqa: E402
from state import read_weights  # noqa: E402

torch.set_num_threads(1)
found = {}


def run(name, *options, at=None):
    """Trains six steps; a SIGTERM comes when an event of the kind `at` is told. Gives whether it ended, and its events."""
    words = ["--out", f"{folder}/{name}", "--precision", "float32", "--batch", "16", "--steps", "6", "--seed", "3"]
    given, config, settings = script.read([*words, *options])
    told = []

    def tell(kind, what):
        told.append((kind, what))
        if kind == at:
            os.kill(os.getpid(), signal.SIGTERM)

    return script.train(settings, config, tell, given.resume, given.weights), told


def refused(name, *options):
    try:
        run(name, *options)
    except SystemExit as error:
        return str(error)
    return "not refused"


def same(one, other):
    """Whether two runs ended with the same bits."""
    a, b = (read_weights(f"{folder}/{name}/last.safetensors")[0] for name in (one, other))
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def config_of(name):
    with open(f"{folder}/{name}/config.json") as file:
        return json.load(file)["config"]


held = ("--validation", "32")
run("whole", *held)
# The largest seed that netfold has.
found["seed"] = run("seed", "--seed", str(2**53 - 1), "--steps", "1")[0]

# Asked to stop while it measures.
for name, at in (("test", "epoch"), ("validation", "step")):
    stopped, told = run(name, *held, at=at)
    resumed, rest = run(name, *held, "--resume")
    found[f"stop in {name}"] = [stopped, "test" in dict(told), resumed, "test" in dict(rest), same(name, "whole")]

# A weight that is not finite.
step = script.Learner.step


def broken(self, images, labels, number, *rest):
    sums = step(self, images, labels, number, *rest)
    if number == 5:
        with torch.no_grad():
            next(self.network.parameters()).fill_(float("inf"))
    return sums


script.Learner.step = broken
found["not finite"] = [refused("broken"), os.path.exists(f"{folder}/broken/last.safetensors")]
script.Learner.step = step

# In shards, of which nothing is left at the end, and whose description cannot run anything.
run("sharded", *held, "--checkpoints", "sharded", "--save-every", "0")
os.makedirs(f"{folder}/broken/checkpoints/1")
with open(f"{folder}/broken/checkpoints/1/.metadata", "wb") as file:
    pickle.dump({"": os.getcwd}, file)
found["shards"] = [same("sharded", "whole"), os.path.exists(f"{folder}/sharded/checkpoints")]
try:
    described(f"{folder}/broken/checkpoints/1")
except SystemExit as error:
    found["description"] = str(error)

# The same numbers by other ways.
run("recompute", *held, "--recompute", "yes")
found["recompute"] = same("recompute", "whole")
_, told = run("half", *held, "--precision", "bfloat16", "--measure", "as-trained")
_, other = run("half-whole", *held, "--precision", "bfloat16")
found["measure"] = [same("half", "half-whole"), dict(told)["test"]["loss"] != dict(other)["test"]["loss"]]

# What others show.
calls = []
board = types.SimpleNamespace(log=lambda numbers, step: calls.append([step, sorted(numbers)]), finish=lambda: calls.append("end"))
sys.modules["wandb"] = types.SimpleNamespace(init=lambda **how: calls.append(how["project"]) or board)
_, told = run("watched", "--wandb", "mine", "--profile", "2", "--steps", "14", "--macs", "1000")
with open(f"{folder}/watched/trace.json") as file:
    found["trace"] = len(json.load(file)["traceEvents"]) > 0
found["wandb"] = [calls[0], calls[-1], [14, ["test/loss", "test/top1", "test/top5"]] in calls]
found["resumed"] = []
for name, *words in (("watched", "--steps", "14", "--profile", "2"), ("typo", "--steps", "2")):
    with contextlib.redirect_stderr(io.StringIO()) as said:
        run(name, *words, "--resume")
    found["resumed"].append(said.getvalue().replace(folder, ""))
epoch = dict(told)["epoch"]
found["arithmetic"] = abs(epoch["teraflops"] / (6 * 1000 * epoch["imagesPerSecond"] / 1e12) - 1) < 1e-9

# Rates, schedules and orders.
run("rate", "--rate", "0.1", "--rate-for", "64", "--warmup", "0.5", "--schedule", "linear", "--repeats", "2")
recipe = config_of("rate")["recipe"]
found["rate"] = [recipe["rate"], recipe["schedule"]]
with open(f"{folder}/rate/steps.csv") as file:
    found["rates"] = [float(line.split(",")[4]) for line in file.readlines()[1:]]

# Each optimiser by option, where config.json has groups, and by a config.json that has it; stopped and resumed too.
with open(f"{project}/config.json") as file:
    project_config = json.load(file)
for name, own in json.loads(recipes).items():
    config = project_config["config"]
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump({"config": {**config, "recipe": {**config["recipe"], **own}}}, file)
groups, found["optimizers"] = ("--config", f"{folder}/groups.json"), {}
for kind in ("sgd", "adamw", "lion", "muon"):
    given = (*held, *groups, "--optimizer", kind)
    run(f"{kind} given", *given)
    run(f"{kind} in config", *held, "--config", f"{folder}/{kind}.json")
    stopped, _ = run(f"{kind} stopped", *given, at="step")
    run(f"{kind} stopped", *given, "--resume")
    recipe = config_of(f"{kind} given")["recipe"]
    found["optimizers"][kind] = [
        *(stopped, same(f"{kind} given", f"{kind} in config"), same(f"{kind} given", f"{kind} stopped")),
        *(recipe["rate"], recipe["optimizer"]),
    ]
run("changed", *groups, *"--optimizer muon --momentum 0.6 --muon-iterations 3 --muon-rescale yes --clip 1 --rate 0.3".split())
recipe = config_of("changed")["recipe"]
found["changed"] = [recipe["rate"], recipe["optimizer"], same("changed", "muon given")]
order = script.open_data(script.read(["--repeats", "2"])[2], [32, 32, 3], torch.device("cpu"))
order.know(10, types.SimpleNamespace(class_weights=(), sampling=(), label_smoothing=0.0, repeats=2))
places = order.of.order((1, 2)).tolist()
found["repeats"] = places[0::2] == places[1::2] and len(set(places)) == len(places) // 2

# Images from files, and CIFAR's own.
for part, count in (("train", 2), ("test", 1)):
    for kind in range(10):
        os.makedirs(f"{folder}/images/{part}/{kind}")
        for i in range(count):
            pixels = bytes((x * 7 + kind * 20 + i * 3) % 256 for x in range(40 * 40 * 3))
            with open(f"{folder}/images/{part}/{kind}/{i}.ppm", "wb") as file:
                file.write(b"P6 40 40 255\n" + pixels)
names = [str(kind) for kind in range(10)]
places = ("--data", f"{folder}/images", "--classes", json.dumps(names), "--sync-batch-norm", "no")
run("plain", *places)
try:
    import torchvision  # noqa: F401

    varied = ("--randaugment", "2", "--erasing", "0.5")
    for name in ("varied", "again"):
        run(name, *places, *varied)
    found["varied"] = [same("varied", "again"), same("varied", "plain")]
except ImportError:
    found["varied"] = [True, False]
# Every number is refused beyond its bounds.
found["unbounded"] = [
    [field.name, value]
    for field in dataclasses.fields(script.Settings)
    if field.type in (int, float) or {"shares", "balanced"} & field.metadata.keys()
    for value in ("-1", "nan", "inf", "1e20", "9" * 20, "1" + "0" * 400)
    if not refused("unbounded", f"--{field.name.replace('_', '-')}", value).startswith(("2", "error: --"))
]
found["astray"] = [refused("watched", "--resume", *words) for words in (("--steps", "3"), ("--steps", "20", "--batch", "8"))]
for name, text in (("broken", "{"), ("empty", "{}")):
    with open(f"{folder}/{name}.json", "w") as file:
        file.write(text)
# As where it is not installed.
sys.modules["torch.utils.tensorboard"] = None
found["never"] = [
    refused("never", *words)
    for words in (
        ("--steps", "-1"),
        ("--magnitude", "31"),
        ("--profile", "2"),
        ("--milestones", "0.5,2"),
        ("--early-stopping", "1"),
        ("--images", "3"),
        ("--cutout", "100"),
        ("--edge", "reflect", "--pad", "32"),
        ("--rate", "inf"),
        ("--sampling", ",".join(["inf"] * 10)),
        ("--accumulate", "3"),
        ("--limit", "5"),
        ("--tensorboard", "yes"),
        ("--optimizer", "rmsprop"),
        ("--optimizer", "adamw", "--momentum", "0.5"),
        ("--optimizer", "sgd", "--muon-iterations", "3"),
        (*groups, "--weight-decay", "0.1"),
        ("--optimizer", "lion", "--fused", "yes"),
        ("--optimizer", "muon", "--muon-iterations", "30"),
        ("--optimizer", "lion", "--beta2", "1"),
        ("--clip", "-1"),
        ("--config", f"{folder}/broken.json"),
        ("--config", f"{folder}/empty.json"),
        # Said by argparse, which ends with 2.
        ("--class-weights", "x"),
    )
]
# What is missing is said before a folder is made.
found["none made"] = not os.path.exists(f"{folder}/never")
with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):
    script.read(["--help"])
helped = " ".join(said.getvalue().split())
options = [field for field in dataclasses.fields(script.Settings) if "about" in field.metadata]
found["help"] = [
    [field.name for field in options if f"--{field.name.replace('_', '-')} X" not in helped],
    # As config.json has it, and as settings.py does.
    "accumulated parts together (default: 64)" in helped,
    "one file, or what each process holds, written beside the steps: whole, sharded (default: whole)" in helped,
]

records = [bytes([i % 10]) + bytes((x * i) % 256 for x in range(3072)) for i in range(48)]
os.makedirs(f"{folder}/cifar-10-batches-bin")
os.makedirs(f"{folder}/cifar-10-batches-py")
for part, name in enumerate([*(f"data_batch_{n}" for n in range(1, 6)), "test_batch"]):
    mine = records[8 * part : 8 * part + 8]
    with open(f"{folder}/cifar-10-batches-bin/{name}.bin", "wb") as file:
        file.write(b"".join(mine))
    pixels = numpy.frombuffer(b"".join(record[1:] for record in mine), numpy.uint8).reshape(8, 3072)
    with open(f"{folder}/cifar-10-batches-py/{name}", "wb") as file:
        pickle.dump({b"data": pixels, b"labels": [record[0] for record in mine]}, file, 4)
with open(f"{folder}/cifar-10-batches-bin/batches.meta.txt", "w") as file:
    file.write("\n".join(names) + "\n\n")
with open(f"{folder}/cifar-10-batches-py/batches.meta", "wb") as file:
    pickle.dump({b"label_names": [name.encode() for name in names]}, file, 4)
for name in ("bin", "py"):
    run(name, "--data", f"{folder}/cifar-10-batches-{name}", "--classes", json.dumps(names))
found["cifar"] = [same("bin", "py"), config_of("bin")["data"] == f"cifar10:{folder}/cifar-10-batches-bin"]
with open(f"{folder}/cifar-10-batches-py/test_batch", "wb") as file:
    pickle.dump({b"data": os.getcwd}, file, 4)
found["pickle"] = refused("pickle", "--data", f"{folder}/cifar-10-batches-py")

# Last, for it holds for the whole process.
run("deterministic", *held, "--deterministic", "yes")
found["deterministic"] = [same("deterministic", "whole"), torch.are_deterministic_algorithms_enabled()]

print(json.dumps(found))
