// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `train.py`, edit `train.py` instead. */
const source: string = `"""Trains the network of model.py, in one process or by torchrun in many, and keeps netfold's run folder.

    python train.py                                  one process
    torchrun --nproc_per_node 8 train.py             eight on one machine
    torchrun --nproc_per_node 8 --max-restarts 3 train.py   resumes by itself when one of them dies
    python train.py --out run --resume               goes on where a run was stopped
    python train.py --evaluate run/best.safetensors  top-1 and top-5

Settings come from config.json beside this file; every one of settings.py is an option too, --batch 128.
What is "auto" is decided by the device that is found.
"""

import math
import signal
import sys
import threading
import time

import torch
import torch.distributed as dist
from checkpoints import Checkpoints
from classes import named_classes
from data import RawData
from datasets import open_data
from folder import MEAN, Run, changed, check, normalization_of
from learner import Learner
from model import Network
from options import decided, read_arguments
from position import astray, is_over, lowered_after, parts_of, taken_up
from schedule import learning_rate
from settings import Settings
from state import held, load_weights, read_weights, refuse_broken, replace_weights, restore, snapshot
from team import Stopped, Team, leave
from tell import teller
from watch import arithmetic, check_profile, profiler, told_to


class Training:
    """A run: the learner, its data, where it stands, and what of it is kept in a folder."""

    def __init__(self, settings, config, team, resume=False, weights="", locked=False):
        settings = self.settings = decided(settings, team)
        self.config, self.team = config, team
        torch.manual_seed(settings.seed)
        self.data = open_data(settings, config["input"], team.device)
        network = Network()
        self.classes = named_classes(network, config["input"], settings.classes or self.data.classes)
        self.data.know(len(self.classes), settings)
        self.steps_per_epoch = self.data.count // settings.batch
        if self.steps_per_epoch == 0:
            helps = "use a smaller --batch" if self.data.count > 0 else "hold fewer out with --validation"
            raise SystemExit(f"error: {self.data.count} images do not fill a batch of {settings.batch}; {helps}")
        self.total = min(settings.steps or math.inf, settings.epochs * self.steps_per_epoch)
        if settings.own.get("sizes") and not isinstance(self.data, RawData):
            raise SystemExit("error: config.json asks for smaller images at first, which raw images alone have here")
        self.data.parts = parts_of(settings, self.total)
        self.position = {"epoch": 0, "batch": 0, "step": 0, "lossSum": 0, "accuracySum": 0}
        # Steps that are done and not in the run folder yet.
        self.steps = []
        self.run = Run(settings.out, config, team.rank == 0)
        self.checkpoints = Checkpoints(self.run, team, writes=settings.checkpoints == "sharded")
        self.asked = []
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, lambda *_: self.asked.append(True))
        resume = resume or self.run.is_interrupted()
        last = self.run.furthest(self.run.last, self.checkpoints.newest) if resume else None
        if weights and last is None:
            load_weights(network, read_weights(weights)[0], weights)
        if last is None:
            check_profile(settings, self.total)
        self.run.begin(resume, locked, anew=last is None)
        if last is not None:
            self.go_on(network, *last)
        else:
            self.run.truncate(0, 0)
            self.learner = Learner(network, settings, team, config["input"])

    def go_on(self, network, path, tensors, found):
        """Takes everything from the run's last checkpoint."""
        in_shards = path != self.run.last
        if not in_shards:
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
            raise SystemExit(f"error: {path} {astray(self.position['step'], self.total, self.steps_per_epoch)}")
        self.run.truncate(self.position["epoch"], self.position["step"])
        self.learner = Learner(network, self.settings, self.team, self.config["input"])
        if in_shards:
            restore(self.learner, self.checkpoints.read(held(self.learner)), self.position["step"], put=lambda tensor, _: tensor)
        else:
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

    def write(self, path, tensors):
        scaler = self.learner.scaler
        kept = {"scale": scaler.state_dict()} if scaler.is_enabled() else {}
        self.run.save(path, tensors, {**self.standing(), "torch": kept})

    def save(self, whole=False):
        """Saves everything of the run, for whoever resumes it: in a file, or in shards that are written beside the steps."""
        sharded = self.settings.checkpoints == "sharded" and not whole
        tensors = held(self.learner) if sharded else snapshot(self.learner)
        refuse_broken(tensors, self.team)
        self.run.keep(self.steps)
        self.steps = []
        if sharded:
            self.checkpoints.begin(tensors, self.write)
        else:
            self.write(self.run.last, tensors)
            self.checkpoints.clear()

    def save_best(self):
        tensors = snapshot(self.learner, average=True)
        refuse_broken(tensors, self.team)
        self.write(self.run.best, tensors)

    def fit(self, tell):
        """Trains to the end; gives whether it came there, or was asked to stop."""
        with profiler(self.settings, self.team.rank) as self.profiler:
            finished = self.all_epochs(tell)
        if self.settings.checkpoints == "sharded":
            # As netfold reads it.
            self.save(whole=True)
        return finished

    def all_epochs(self, tell):
        while not is_over(self.position, self.total, self.settings.early_stopping):
            began, first = time.monotonic(), self.position["batch"]
            if not self.train_epoch(tell):
                return False
            try:
                self.close_epoch(tell, time.monotonic() - began, first)
            except Stopped:
                # The epoch is closed when the run goes on.
                self.save()
                return False
        return True

    def lowering(self):
        """The factor of the rate of a run whose accuracy got no better."""
        plateau = self.settings.own.get("plateau")
        return plateau["by"] ** self.position["lowered"]["times"] if plateau and "lowered" in self.position else 1.0

    def train_epoch(self, tell):
        """Trains to the end of an epoch; gives whether it came there."""
        settings, team, position = self.settings, self.team, self.position
        saved = told = settled = time.monotonic()
        flying, watching = [], self.profiler

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

        def due():
            """What is to be done: to stop, to save or to tell."""
            now = time.monotonic()
            self.checkpoints.settle()
            return 3 if self.asked else 2 if now - saved > settings.save_every else 1 if now - told > 0.2 else 0

        batches = self.data.batches(position["epoch"], position["batch"], settings.batch, team.rank, team.world)
        for images, labels in batches if position["batch"] < self.steps_per_epoch else ():
            step = position["step"]
            if step == self.total:
                break
            # Processes must agree; the answer comes while they compute.
            agreed = team.ask(due)
            flying.append(self.learner.step(images, labels, step, self.total, self.lowering()))
            if watching:
                watching.step()
            position["batch"] += 1
            position["step"] += 1
            wanted = agreed()
            if wanted >= 1:
                settle()
                told = time.monotonic()
            if wanted >= 2:
                # Before it is told: whoever listened may be gone by now.
                self.save()
                saved = settled = time.monotonic()
            if wanted >= 1:
                tell("step", self.event())
            if wanted == 3:
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
        held = None
        if self.data.validation is not None:
            held = self.learner.measure_average(self.split("validation"), self.asked)
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
            self.save_best()
        record = {
            "epoch": epoch,
            "step": done["step"],
            "rate": rate * learning_rate(settings, done["step"] - 1, self.total),
            "trainLoss": done["lossSum"] / done["batch"],
            "trainAccuracy": done["accuracySum"] / done["batch"],
            **({} if held is None else {"validationLoss": held["loss"], "validationAccuracy": held["top1"]}),
            **({"lowered": self.position["lowered"]["times"]} if "lowered" in self.position else {}),
            "seconds": seconds,
            "imagesPerSecond": (done["batch"] - first) * settings.batch / seconds,
            "engine": str(self.learner),
        }
        record.update(arithmetic(settings, self.team, record["imagesPerSecond"]))
        self.run.record(record)
        self.save()
        tell("epoch", record)

    def split(self, name):
        """This process's share of the images of \`test\` or \`validation\`."""
        return self.data.split(name, 256, self.team.rank, self.team.world)

    def test(self):
        """What the best weights reach on the test images."""
        self.team.wait()
        replace_weights(self.learner.network, read_weights(self.run.best)[0])
        measured = self.learner.measure(self.split("test"), self.data.tested_classes(), self.asked)
        self.run.record({"test": measured})
        return measured


def train(settings, config, tell, resume=False, weights="", locked=False):
    """A whole run, in each of the processes that train together; gives whether it came to its end.

    The run's folder is \`locked\` by whoever started this, or is locked here."""
    if config["recipe"].get("labelNoise", 0) > 0:
        raise SystemExit("error: config.json asks for label noise, and here labels are trained on as they are")
    # What is missing for it is said before a folder is made.
    tell = told_to(tell, settings, config)
    training = Training(settings, config, Team(), resume, weights, locked)
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
    except Stopped:
        return False
    finally:
        training.data.close()
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
    try:
        return learner.measure(data.split("test", 256, team.rank, team.world), data.tested_classes())
    finally:
        data.close()


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
        finished = train(settings, config, tell, given.resume, given.weights, locked=given.events)
    code = 0 if finished else 130
    return leave(code) if dist.is_initialized() else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
`;

export default source;
