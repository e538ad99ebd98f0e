"""Trains the network of model.py, in one process or by torchrun in many, and keeps netfold's run folder.

    python train.py                                  one process
    torchrun --nproc_per_node 8 train.py             eight on one machine
    python train.py --out run --resume               goes on where a run was stopped
    python train.py --evaluate run/best.safetensors  top-1 and top-5

Settings come from config.json beside this file; every one is an option too, --batch 128.
What is "auto" is decided by the device that is found.
"""

import math
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field

import torch
import torch.distributed as dist
from folder import MEAN, Run, changed, check, normalization_of
from data import RawData
from images import FolderData, is_folder
from learner import Learner
from model import Network
from optimizer import learning_rate
from options import decided, read_arguments, setting
from shards import ShardData, is_shards
from state import load_weights, read_weights, replace_weights, restore, snapshot
from team import Team, leave
from tell import teller


@dataclass
class Settings:
    """Everything that can be chosen."""

    data: str = setting(
        "cifar10",
        "cifar10, a folder of netfold's raw files, a folder of images, or shards-{000..099}.tar",
    )
    test_data: str = setting("", "the shards to test on")
    images: int = setting(0, "how many images the training shards hold", least=0)
    classes: tuple = setting((), "the names of the classes")
    out: str = setting(os.path.join(os.path.dirname(os.path.abspath(__file__)), "run"), "the run folder")
    epochs: int = setting(1, "passes over the training images", least=1)
    steps: int = setting(0, "ends the run before its epochs do", least=0)
    batch: int = setting(64, "images a step, of all processes and accumulated parts together", least=1)
    rate: float = setting(0.1, "the highest learning rate", least=0)
    schedule: str = setting(
        "step",
        "how the rate falls",
        choices=("constant", "step", "step-imagenet", "cosine", "one-cycle", "linear", "own"),
    )
    milestones: tuple = setting((0.4, 0.6), 'shares of the run after which "step" divides the rate by 10')
    optimizer: str = setting("sgd", "the update rule; own is what config.json says", choices=("sgd", "adamw", "own"))
    momentum: float = setting(0.9, "the share of the last step that a step of SGD keeps", share=True)
    nesterov: bool = setting(True, "Nesterov's momentum")
    beta1: float = setting(0.9, "AdamW's share of the average gradient", share=True)
    beta2: float = setting(0.999, "AdamW's share of the average square", share=True)
    epsilon: float = setting(1e-8, "added to AdamW's root")
    weight_decay: float = setting(1e-4, "part of SGD's gradient, apart from AdamW's", least=0)
    decay: str = setting("all", "what decays", choices=("all", "kernels"))
    label_smoothing: float = setting(0.0, "the share of a target that all classes have alike", share=True)
    mixup: float = setting(0.0, "the alpha of mixup; 0 is none", least=0)
    cutmix: float = setting(0.0, "the alpha of CutMix; 0 is none", least=0)
    class_weights: tuple = setting((), "what each class counts for in the loss: balanced, or numbers; nothing is all alike")
    sampling: tuple = setting((), "how often each class is drawn, with replacement: balanced, or numbers")
    ema: float = setting(0.0, "the share of the average weights that a step keeps; 0 is none", share=True)
    clip: float = setting(0.0, "the largest norm of all gradients together; 0 is none", least=0)
    augment: bool = setting(True, "whether images from files are cut out, mirrored and lit at random")
    pad: int = setting(0, "raw images: the border out of which they are cut", least=0)
    edge: str = setting("zeros", "raw images: what the border shows", choices=("zeros", "reflect"))
    flip: str = setting(
        "no",
        "raw images: whether every second one is mirrored, or each in every second epoch",
        choices=("no", "yes", "alternating"),
    )
    cutout: int = setting(0, "the side of a square of each image that is left empty, in pixels; 0 is none", least=0)
    views: str = setting(
        "none",
        "the views of an image that are averaged to measure: its mirror image, and both moved by a pixel",
        choices=("none", "mirror", "six"),
    )
    validation: int = setting(0, "training images that are held out, by which the best weights are chosen", least=0)
    early_stopping: int = setting(
        0, "epochs without a better accuracy on what is held out after which training ends; 0 is none", least=0
    )
    limit: int = setting(0, "training images, of each class in proportion; 0 is all", least=0)
    seed: int = setting(0, "what everything random follows from")
    accumulate: int = setting(1, "parts of a batch, one after the other", least=1)
    precision: str = setting(
        "auto",
        "the numbers of forward and backward passes; float64 to compare with",
        choices=("auto", "float32", "bfloat16", "float16", "float64"),
    )
    channels_last: str = setting("auto", "the order of numbers in memory", choices=("auto", "yes", "no"))
    compile: str = setting("auto", "torch.compile", choices=("auto", "yes", "no"))
    fused: str = setting("auto", "the optimiser in one kernel", choices=("auto", "yes", "no"))
    fsdp: bool = setting(False, "shards parameters and optimiser over the processes")
    sync_batch_norm: bool = setting(False, "statistics of the whole batch, not of each process's share")
    shuffle: int = setting(1000, "files of shards that wait in memory, from which the next is drawn", least=1)
    workers: int = setting(min(16, os.cpu_count() or 1), "threads that decode images", least=1)
    save_every: float = setting(60.0, "seconds between checkpoints within an epoch", least=0)
    # What config.json has that no option says.
    own: dict = field(default_factory=dict)


class Training:
    """A run: the learner, its data, where it stands, and what of it is kept in a folder."""

    def __init__(self, settings, config, team, resume=False, weights="", held=False):
        settings = self.settings = decided(settings, team)
        self.config, self.team = config, team
        torch.manual_seed(settings.seed)
        self.data = open_data(settings, config["input"], team.device)
        network = Network()
        self.classes = named_classes(network, config["input"], settings.classes or self.data.classes)
        self.data.know(len(self.classes), settings)
        self.steps_per_epoch = self.data.count // settings.batch
        if self.steps_per_epoch == 0:
            raise SystemExit(f"error: {self.data.count} images do not fill a batch of {settings.batch}")
        self.total = min(settings.steps or math.inf, settings.epochs * self.steps_per_epoch)
        if settings.own.get("sizes") and not isinstance(self.data, RawData):
            raise SystemExit("error: config.json asks for smaller images at first, which raw images alone have here")
        self.data.parts = parts_of(settings, self.total)
        self.position = {"epoch": 0, "batch": 0, "step": 0, "lossSum": 0, "accuracySum": 0}
        # Steps that are done and not in the run folder yet.
        self.steps = []
        self.run = Run(settings.out, config, team.rank == 0)
        goes_on = resume and os.path.exists(self.run.last)
        if weights and not goes_on:
            load_weights(network, read_weights(weights)[0], weights)
        self.run.begin(resume, held)
        if goes_on:
            self.go_on(network)
        else:
            self.learner = Learner(network, settings, team, config["input"])

    def go_on(self, network):
        """Takes everything from the run's last checkpoint."""
        path = self.run.last
        tensors, found = self.run.load(path)
        load_weights(network, tensors, path)
        if not (self.settings.classes or self.data.classes):
            self.classes = found["classes"]
        if "from" in self.config:
            # Its weights came with the normalisation of the images on which they were trained.
            self.data.normalization = kept = found["normalization"]
            self.data.normalize(kept["mean"], kept["std"])
        check(path, found, self.standing(), self.config["net"])
        words = changed(found, self.config["recipe"])
        if words and self.team.rank == 0:
            print(f"note: the recipe was changed since the last checkpoint: {words}", file=sys.stderr)
        self.position = taken_up(found["position"], self.total)
        place = min(self.total, self.position["epoch"] * self.steps_per_epoch + self.position["batch"])
        if self.position["step"] != place:
            raise SystemExit(f"error: {path} stands at step {self.position['step']}, not within this run")
        self.run.truncate(self.position["epoch"], self.position["step"])
        self.learner = Learner(network, self.settings, self.team, self.config["input"])
        restore(self.learner, tensors, self.position["step"])
        if "scale" in found["torch"]:
            self.learner.scaler.load_state_dict(found["torch"]["scale"])

    def standing(self):
        return {
            "classes": self.classes,
            "seed": self.settings.seed,
            "position": self.position,
            "normalization": self.data.normalization,
        }

    def save(self, path, average=False):
        if path == self.run.last:
            self.run.keep(self.steps)
            self.steps = []
        scaler = self.learner.scaler
        kept = {"scale": scaler.state_dict()} if scaler.is_enabled() else {}
        self.run.save(path, snapshot(self.learner, average), {**self.standing(), "torch": kept})

    def fit(self, tell):
        """Trains to the end; gives whether it came there, or was asked to stop."""
        asked = []
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, lambda *_: asked.append(True))
        while not self.is_done():
            began, first = time.monotonic(), self.position["batch"]
            if not self.train_epoch(tell, asked):
                return False
            self.close_epoch(tell, time.monotonic() - began, first)
        return True

    def is_done(self):
        """Whether every step is done, or more would not help, and the epoch they ended in is closed."""
        position, wait = self.position, self.settings.early_stopping
        is_stale = wait > 0 and "best" in position and position["epoch"] - position["best"]["epoch"] >= wait
        return position["batch"] == 0 and (position["step"] == self.total or is_stale)

    def lowering(self):
        """The factor of the rate of a run whose accuracy got no better."""
        plateau = self.settings.own.get("plateau")
        return plateau["by"] ** self.position["lowered"]["times"] if plateau and "lowered" in self.position else 1.0

    def train_epoch(self, tell, asked):
        """Trains to the end of an epoch; gives whether it came there."""
        settings, team, position = self.settings, self.team, self.position
        saved = told = settled = time.monotonic()
        flying = []

        def settle():
            """Waits for the steps that were begun, and takes note of each; what time it took they share."""
            nonlocal settled
            if not flying:
                return
            rows = team.total(torch.stack(flying) / team.world)
            seconds, settled = (time.monotonic() - settled) / len(rows), time.monotonic()
            for number, (loss, accuracy) in enumerate(rows, position["step"] - len(rows)):
                if not math.isfinite(loss):
                    raise SystemExit("error: the loss is not finite; lower the learning rate; what was saved is kept")
                position["lossSum"] += loss
                position["accuracySum"] += accuracy
                rate = self.lowering() * learning_rate(settings, number, self.total)
                self.steps.append((number + 1, position["epoch"] + 1, loss, accuracy, rate, None, seconds))
            flying.clear()

        batches = self.data.batches(position["epoch"], position["batch"], settings.batch, team.rank, team.world)
        for images, labels in batches:
            step = position["step"]
            if step == self.total:
                break
            flying.append(self.learner.step(images, labels, step, self.total, self.lowering()))
            position["batch"] += 1
            position["step"] += 1
            now = time.monotonic()
            due = 3 if asked else 2 if now - saved > settings.save_every else 1 if now - told > 0.2 else 0
            # Processes must agree on when to tell, save or stop; asking each other at every step would cost.
            due = team.agree(due) if team.world == 1 or position["step"] % 8 == 0 else 0
            if due >= 1:
                settle()
                told = time.monotonic()
            if due >= 2:
                # Before it is told: whoever listened may be gone by now.
                self.save(self.run.last)
                saved = settled = time.monotonic()
            if due >= 1:
                tell("step", self.event())
            if due == 3:
                return False
        settle()
        tell("step", self.event())
        return True

    def event(self):
        position = self.position
        return {
            "epoch": position["epoch"] + 1,
            "epochs": math.ceil(self.total / self.steps_per_epoch),
            "batch": position["batch"],
            "batches": self.steps_per_epoch,
            "step": position["step"],
            "steps": self.total,
            "loss": position["lossSum"] / max(1, position["batch"]),
            "accuracy": position["accuracySum"] / max(1, position["batch"]),
            "images": self.settings.batch,
        }

    def close_epoch(self, tell, seconds, first):
        """Measures, records and saves at the end of an epoch."""
        done, settings, rate = self.position, self.settings, self.lowering()
        self.learner.share_statistics()
        held = self.learner.measure_average(self.split("validation")) if self.data.validation is not None else None
        best, epoch = done.get("best"), done["epoch"] + 1
        better = held is None or best is None or held["top1"] > best["accuracy"]
        if better and held is not None:
            best = {"epoch": epoch, "accuracy": held["top1"]}
        self.position = {"epoch": epoch, "batch": 0, "step": done["step"], "lossSum": 0, "accuracySum": 0}
        if best is not None:
            self.position["best"] = best
        if done["batch"] < self.steps_per_epoch:
            self.position["cut"] = {name: done[name] for name in ("batch", "lossSum", "accuracySum")}
        if "plateau" in settings.own:
            self.position["lowered"] = lowered_after(done.get("lowered"), better, settings.own["plateau"])
        if better:
            self.save(self.run.best, average=True)
        record = {
            "epoch": epoch,
            "step": done["step"],
            "rate": rate * learning_rate(settings, done["step"] - 1, self.total),
            "trainLoss": done["lossSum"] / done["batch"],
            "trainAccuracy": done["accuracySum"] / done["batch"],
            **({} if held is None else {"validationLoss": held["loss"], "validationAccuracy": held["top1"]}),
            "seconds": seconds,
            "imagesPerSecond": (done["batch"] - first) * settings.batch / seconds,
            "engine": str(self.learner),
        }
        self.run.record(record)
        self.save(self.run.last)
        tell("epoch", record)

    def split(self, name):
        """This process's share of the images of `test` or `validation`."""
        return self.data.split(name, 256, self.team.rank, self.team.world)

    def test(self):
        """What the best weights reach on the test images."""
        self.team.wait()
        replace_weights(self.learner.network, read_weights(self.run.best)[0])
        measured = self.learner.measure(self.split("test"), self.data.tested_classes())
        self.run.record({"test": measured})
        return measured


def taken_up(position, total):
    """Where a run stands that is longer than it was: within the epoch that its former end has cut short."""
    if "cut" not in position or position["step"] >= total:
        return position
    rest = {name: value for name, value in position.items() if name != "cut"}
    return {**rest, "epoch": position["epoch"] - 1, **position["cut"]}


def lowered_after(lowered, better, plateau):
    """How often the rate is lowered once another epoch has ended, better than all before it or not."""
    times, waited = (lowered["times"], lowered["waited"]) if lowered else (0, 0)
    if better:
        return {"times": times, "waited": 0}
    return {"times": times, "waited": waited + 1} if waited + 1 < plateau["epochs"] else {"times": times + 1, "waited": 0}


def parts_of(settings, total):
    """The sizes of a run's first parts, each with the step before which it ends."""
    return [(part["size"], math.floor(part["until"] * total + 0.5)) for part in settings.own.get("sizes", [])]


def open_data(settings, shape, device):
    """The data that the settings name: netfold's raw files, folders of images, or shards."""
    if is_shards(settings.data):
        return ShardData(settings, shape, device)
    if is_folder(settings.data):
        return FolderData(settings, shape, device)
    if settings.data != "cifar10" and not os.path.isdir(settings.data):
        raise SystemExit(f"error: there are no images in {settings.data}; say where they are with --data")
    return RawData(settings, shape, device)


@torch.no_grad()
def named_classes(network, shape, names):
    """The classes' names, one for each logit; their numbers where the images come without names."""
    height, width, channels = shape
    logits = network.eval()(torch.zeros(1, channels, height, width)).shape[1]
    network.train()
    names = list(names or map(str, range(logits)))
    if len(names) != logits:
        raise SystemExit(
            f"error: the images are of {len(names)} classes and the network has {logits};"
            f" export it with --classes {len(names)}"
        )
    return names


def train(settings, config, tell, resume=False, weights="", held=False):
    """A whole run, in each of the processes that train together; gives whether it came to its end.

    The run's folder is `held` by whoever started this, or is locked here."""
    if config["recipe"].get("labelNoise", 0) > 0:
        raise SystemExit("error: config.json asks for label noise, and here labels are trained on as they are")
    training = Training(settings, config, Team(), resume, weights, held)
    tell("start", {
        "engine": str(training.learner),
        "images": training.data.count,
        "validation": len(training.data.validation or ()),
        "step": training.position["step"],
        "steps": training.total,
    })
    try:
        if not training.fit(tell):
            return False
        tell("test", training.test())
        return True
    finally:
        training.run.release()


def evaluate(settings, config, path):
    """What the weights of a file reach on the test images."""
    team, network = Team(), Network()
    settings = decided(settings, team)
    data = open_data(settings, config["input"], team.device)
    tensors, _ = read_weights(path)
    load_weights(network, tensors, path)
    data.know(len(named_classes(network, config["input"], settings.classes or data.classes)), settings)
    if MEAN in tensors:
        found = normalization_of(path, tensors)
        data.normalize(found["mean"], found["std"])
    learner = Learner(network, settings, team, config["input"])
    return learner.measure(data.split("test", 256, team.rank, team.world), data.tested_classes())


def read(arguments):
    """The options that are no settings, netfold's configuration, and the settings."""
    return read_arguments(Settings(), __doc__, arguments)


def main(arguments):
    given, config, settings = read(arguments)
    tell = teller(given.events)
    finished = True
    if given.evaluate:
        tell("test", evaluate(settings, config, given.evaluate))
    else:
        finished = train(settings, config, tell, given.resume, given.weights, held=given.events)
    code = 0 if finished else 130
    return leave(code) if dist.is_initialized() else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
