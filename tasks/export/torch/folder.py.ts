// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `folder.py`, edit `folder.py` instead. */
const source: string = `"""The run folder: netfold's configuration, metrics and checkpoints, which it reads as its own."""

import datetime
import json
import math
import os
import random
import socket
import sys
import time
from contextlib import contextmanager

import torch
import torch.distributed as dist
from model import write_safetensors
from regular import ordinary, own
from state import read_weights

try:
    import fcntl
except ImportError:  # Windows has no such locks.
    fcntl = None

MEAN, DEVIATION = "@normalization.mean", "@normalization.std"
LOCK = "lock.json"
# The first line of steps.csv.
COLUMNS = "step,epoch,loss,accuracy,rate,gradientNorm,seconds\\n"


def launch():
    """What torchrun, or Ray, is called that started this process; "" where neither did."""
    name = os.environ.get("TORCHELASTIC_RUN_ID", "")
    # Where torchrun was not given a name, its process is one.
    return f"{socket.gethostname()} {os.getppid()}" if name == "none" else name


def locked_alone(file):
    """Whether a file is locked for this process alone; whoever only asks, as a board does, shares it for a moment."""
    while True:
        for kind in (fcntl.LOCK_EX, fcntl.LOCK_SH):
            try:
                fcntl.flock(file, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            if kind == fcntl.LOCK_EX:
                return True
            fcntl.flock(file, fcntl.LOCK_UN)
            time.sleep(0.005 * random.random())
            break
        else:
            return False


@contextmanager
def written(path):
    """Says in words what keeps a file from being written, as a disk that is full."""
    try:
        yield
    except OSError as error:
        raise SystemExit(f"error: {path} cannot be written: {error.strerror or error}; what was saved before is kept") from None


class Run:
    """A run folder. Only the first process of several writes to it."""

    def __init__(self, folder, config, writes):
        self.folder, self.config, self.writes = folder, config, writes
        self.last, self.best = os.path.join(folder, "last.safetensors"), os.path.join(folder, "best.safetensors")
        self.metrics, self.steps = os.path.join(folder, "metrics.jsonl"), os.path.join(folder, "steps.csv")
        self.lock = None

    def is_interrupted(self):
        """Whether this process stands in for one that failed, and that one's launch made the folder."""
        if int(os.environ.get("TORCHELASTIC_RESTART_COUNT", 0)) == 0:
            return False
        try:
            with open(os.path.join(self.folder, "config.json"), opener=ordinary) as file:
                return json.load(file).get("launch") == launch()
        except (OSError, ValueError):
            return False

    def begin(self, resume, held=False, anew=False):
        """Makes the folder of a new run, which is never written over; \`held\` by whoever started this, or locked here.

        What is to be resumed and begins \`anew\` says so: the folder may not be the one that was meant."""
        taken = self.is_taken(resume)
        if dist.is_initialized():
            # Nobody may make the folder, or end, before everybody has seen whether it is free.
            flags = torch.tensor([int(taken)])
            dist.all_reduce(flags, dist.ReduceOp.MAX)
            taken = bool(flags.item())
        self.refuse(taken)
        if not self.writes:
            return
        try:
            os.makedirs(self.folder, exist_ok=True)
        except OSError as error:
            raise SystemExit(f"error: {self.folder} cannot be made: {error.strerror}; choose another with --out") from None
        if not held:
            self.hold()
        self.refuse(self.is_taken(resume))
        if resume and anew:
            print(f"note: there is no checkpoint in {self.folder} to resume; a new run begins there", file=sys.stderr, flush=True)
        there = self.names()
        for name in there:
            # What a kill in the middle of a save has left.
            if name.endswith(".tmp"):
                os.remove(os.path.join(self.folder, name))
        if not there:
            with open(os.path.join(self.folder, "config.json"), "w") as file:
                started = {"launch": launch()} if launch() else {}
                json.dump({"format": 1, **started, "config": self.config}, file, indent=2)

    def is_taken(self, resume):
        return not resume and len(self.names()) > 0

    def refuse(self, taken):
        if taken:
            said = f"error: {self.folder} is not empty; resume it with --resume, or choose another with --out"
            raise SystemExit(said if self.writes else 1)

    def names(self):
        """What is in the folder, but for the lock."""
        return sorted(set(os.listdir(self.folder)) - {LOCK}) if os.path.isdir(self.folder) else []

    def hold(self):
        """Locks the folder as netfold does, where there are such locks: for as long as this process lives."""
        if fcntl is None:
            return
        path = os.path.join(self.folder, LOCK)
        while self.lock is None:
            try:
                lock = open(path, "a+", opener=own)
            except OSError as error:
                raise SystemExit(f"error: the lock cannot be opened: {error}") from None
            if not locked_alone(lock):
                lock.seek(0)
                owner = lock.read().strip() or "another process"
                raise SystemExit(f"error: one process at a time may train in {self.folder}, and {owner} does")
            # Its last owner may have removed it before it was locked here.
            if os.path.exists(path) and os.path.samestat(os.fstat(lock.fileno()), os.stat(path)):
                self.lock = lock
        lock.truncate(0)
        since = datetime.datetime.now(datetime.timezone.utc).isoformat()
        lock.write(json.dumps({"process": os.getpid(), "host": socket.gethostname(), "since": since}) + "\\n")
        lock.flush()

    def release(self):
        """Gives the lock back, if it is held here."""
        if self.lock is not None:
            os.remove(os.path.join(self.folder, LOCK))
            self.lock.close()
            self.lock = None

    def record(self, line):
        if not self.writes:
            return
        with written(self.metrics), open(self.metrics, "a", opener=own) as file:
            file.write(json.dumps(line) + "\\n")
            file.flush()
            os.fsync(file.fileno())

    def keep(self, steps):
        """Adds steps, each the numbers that its columns name; one that was not measured is None."""
        if not self.writes or not steps:
            return
        with written(self.steps), open(self.steps, "a", opener=own) as file:
            if file.tell() == 0:
                file.write(COLUMNS)
            for step in steps:
                file.write(",".join("" if number is None else f"{number:.9g}" for number in step) + "\\n")
            file.flush()
            os.fsync(file.fileno())

    def truncate(self, epoch, step):
        """Keeps what was recorded of the first \`epoch\` epochs and \`step\` steps: what is newer will be recorded again."""
        self.sift(self.metrics, lambda line: json.loads(line).get("epoch", epoch + 1) <= epoch)
        self.sift(self.steps, lambda line: line == COLUMNS or int(line.split(",")[0]) <= step)

    def sift(self, path, keeps):
        """Keeps whole lines of a file, those that \`keeps\` says."""
        if not self.writes or not os.path.exists(path):
            return
        with open(path, opener=ordinary) as file:
            kept = [line for line in file if line.endswith("\\n") and keeps(line)]
        with open(path + ".tmp", "w") as file:
            file.writelines(kept)
        os.replace(path + ".tmp", path)

    def save(self, path, tensors, standing):
        """Writes a checkpoint that every engine of netfold goes on from."""
        if not self.writes:
            return
        normalization = standing["normalization"]
        tensors = {**tensors, MEAN: normalization["mean"]}
        if normalization["std"] is not None:
            tensors[DEVIATION] = normalization["std"]
        described = {key: normalization[key] for key in ("kind", "shape") if normalization.get(key) is not None}
        told = {
            "input": self.config["input"],
            "classes": standing["classes"],
            "seed": standing["seed"],
            "position": standing["position"],
            "recipe": self.config["recipe"],
            "normalization": described,
        }
        metadata = {
            "netfold.net": json.dumps(self.config["net"], separators=(",", ":")),
            "netfold.run": json.dumps(told, separators=(",", ":")),
            "netfold.torch": json.dumps(standing["torch"], separators=(",", ":")),
        }
        with written(path):
            write_safetensors(path, tensors, metadata)

    def furthest(self, *paths):
        """The checkpoint that stands furthest, as its path and what \`load\` gives of it; nothing where there is none.

        There are two where a run was killed as one took the other's place."""
        found = [(path, *self.load(path)) for path in paths if os.path.exists(path)]
        return max(found, key=lambda one: [one[2]["position"][name] for name in ("step", "epoch")], default=None)

    def load(self, path):
        """A checkpoint's tensors, in netfold's layouts, and where its run stands."""
        tensors, metadata = read_weights(path)
        if "netfold.run" not in metadata:
            raise SystemExit(f"error: {path} holds weights without a run's own data")
        standing = json.loads(metadata["netfold.run"])
        standing["torch"] = json.loads(metadata.get("netfold.torch", "{}"))
        standing["net"] = json.loads(metadata["netfold.net"])
        judge(path, standing)
        standing["normalization"].update(normalization_of(path, tensors))
        for name in (MEAN, DEVIATION):
            tensors.pop(name, None)
        return tensors, standing


def judge(path, found):
    """Refuses what no run saves, whatever its checksum says."""

    def whole(value):
        return type(value) is int and value >= 0

    def number(value):
        return type(value) in (int, float) and math.isfinite(value)

    shape, classes, place = (found.get(name) for name in ("input", "classes", "position"))
    parts = {
        "input": isinstance(shape, list) and len(shape) in (1, 3) and all(whole(size) and size > 0 for size in shape),
        "classes": isinstance(classes, list) and classes != [] and all(isinstance(name, str) for name in classes),
        "seed": whole(found.get("seed")),
        "position": isinstance(place, dict)
        and all(whole(place.get(name)) for name in ("epoch", "batch", "step"))
        and all(number(place.get(name)) for name in ("lossSum", "accuracySum"))
        and isinstance(place.get("lowered", {}), dict)
        and all(map(whole, place.get("lowered", {}).values())),
        "normalization": isinstance(found.get("normalization"), dict),
        "recipe": isinstance(found.get("recipe", {}), dict),
    }
    wrong = next((name for name, holds in parts.items() if not holds), None)
    if wrong is not None:
        raise SystemExit(f"error: {path} is no checkpoint of a run: its {wrong} is {json.dumps(found.get(wrong))}")


def normalization_of(path, tensors):
    """The mean and the deviation in a checkpoint, with which images must stay finite."""
    mean, std = tensors.get(MEAN), tensors.get(DEVIATION)
    scale = torch.ones(1) if std is None else std
    if mean is None or mean.numel() % scale.numel() != 0 or not (scale > 0).all():
        raise SystemExit(f"error: {path} is no checkpoint of a run: its normalisation is not whole")
    if not torch.isfinite((1 + mean.abs().reshape(-1, scale.numel())) / scale).all():
        raise SystemExit(f"error: {path} is no checkpoint of a run: its normalisation overflows")
    return {"mean": mean, "std": std}


def changed(found, recipe):
    """What was changed in the recipe since a checkpoint, in words; those of earlier versions have none."""
    then = found.get("recipe", recipe)
    names = [name for name in {**then, **recipe} if then.get(name) != recipe.get(name)]
    return ", ".join(f"{name} was {json.dumps(then.get(name))} and is {json.dumps(recipe.get(name))}" for name in names)


def check(path, found, wanted, net):
    """Refuses a checkpoint to which this run would never have come."""
    if found["net"] != net:
        raise SystemExit(f"error: {path} belongs to another network than config.json")
    if found["seed"] != wanted["seed"]:
        raise SystemExit(f"error: {path} belongs to a run with the seed {found['seed']}, not {wanted['seed']}")
    mean = found["normalization"]["mean"]
    if found["classes"] != wanted["classes"] or not torch.equal(mean, wanted["normalization"]["mean"]):
        raise SystemExit(f"error: {path} was trained on other images: its classes or its mean differ")
`;

export default source;
