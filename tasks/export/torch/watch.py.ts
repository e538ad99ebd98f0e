// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `watch.py`, edit `watch.py` instead. */
const source: string = `"""What other programs show of a run: TensorBoard, Weights & Biases, the profiler's trace, and how fast the device computes."""

import hashlib
import importlib
import os
import sys
from contextlib import contextmanager

import torch

# The products and sums of dense matrices in bfloat16 that data sheets give, in teraflops; TF32 has half of it.
PEAKS = {"A100": 312, "H100": 989, "H200": 989, "B200": 2250, "L40S": 362, "RTX 4090": 165}
# A backward pass costs twice its forward pass, and a multiply-accumulate is two operations.
OPERATIONS = 6
# Steps before the profiler watches.
UNWATCHED = 10


def arithmetic(settings, team, rate):
    """The teraflops at a number of images a second, and their share of what the devices' data sheet says, where it is known."""
    if not settings.macs:
        return {}
    found = OPERATIONS * settings.macs * rate / 1e12
    name = torch.cuda.get_device_name() if team.device.type == "cuda" else ""
    peak = next((peak for part, peak in PEAKS.items() if part in name), None)
    if peak is None:
        return {"teraflops": found}
    half = settings.precision in ("bfloat16", "float16")
    return {"teraflops": found, "utilization": found / (team.world * (peak if half else peak / 2))}


def check_profile(settings, total):
    """Refuses a run that ends before the steps that the profiler is to watch."""
    if settings.profile and total < UNWATCHED + settings.profile:
        raise SystemExit(
            f"error: --profile {settings.profile} watches steps after the tenth, and this run has {total};"
            f" give it {UNWATCHED + settings.profile} or more"
        )


@contextmanager
def profiler(settings, rank):
    """Watches a number of steps after the first ten; their trace is for Perfetto or chrome://tracing."""
    if not settings.profile or rank != 0:
        yield None
        return
    plan = torch.profiler.schedule(wait=UNWATCHED - 5, warmup=5, active=settings.profile, repeat=1)
    path = os.path.join(settings.out, "trace.json")
    traces = []

    def keep(found):
        found.export_chrome_trace(path)
        traces.append(path)

    with torch.profiler.profile(schedule=plan, on_trace_ready=keep) as watching:
        yield watching
    if not traces:
        print("note: --profile watches steps after the tenth, and there were none; no trace is written", file=sys.stderr, flush=True)


def told_to(tell, settings, config):
    """Tells what happens to the programs that settings name too; only the first process does."""
    listeners = [tell]
    if int(os.environ.get("RANK", 0)) == 0:
        listeners += [TensorBoard(settings).tell] if settings.tensorboard else []
        listeners += [Wandb(settings, config).tell] if settings.wandb else []

    def all_told(kind, what):
        for listener in listeners:
            listener(kind, what)

    return all_told


def package(name, option, install):
    try:
        return importlib.import_module(name)
    except ImportError:
        raise SystemExit(f"error: --{option} needs {install}; install it with: python -m pip install {install}") from None


class Board:
    """Keeps the numbers of what happens, each under its kind and name, at the step at which it was."""

    step = 0

    def tell(self, kind, what):
        self.step = what.get("step", self.step)
        if kind == "start":
            self.begin(self.step)
            return
        numbers = {name: value for name, value in what.items() if isinstance(value, float)}
        self.add({f"{kind}/{name}": value for name, value in numbers.items()})
        if kind == "test":
            self.end()


class TensorBoard(Board):
    def __init__(self, settings):
        self.writer_of = package("torch.utils.tensorboard", "tensorboard", "tensorboard").SummaryWriter
        self.folder = os.path.join(settings.out, "tensorboard")

    def begin(self, step):
        # What a killed run has told beyond its last checkpoint is told again.
        self.writer = self.writer_of(self.folder, purge_step=step + 1 if step else None)

    def add(self, numbers):
        for name, value in numbers.items():
            self.writer.add_scalar(name, value, self.step)
        self.writer.flush()

    def end(self):
        self.writer.close()


class Wandb(Board):
    def __init__(self, settings, config):
        self.wandb = package("wandb", "wandb", "wandb")
        self.settings, self.config = settings, config

    def begin(self, step):
        del step
        place = os.path.abspath(self.settings.out)
        # A run that goes on is the same run there.
        name = hashlib.sha256(place.encode()).hexdigest()[:16]
        self.run = self.wandb.init(
            project=self.settings.wandb, id=name, name=os.path.basename(place), dir=place, resume="allow", config=self.config["recipe"]
        )

    def add(self, numbers):
        self.run.log(numbers, step=self.step)

    def end(self):
        self.run.finish()
`;

export default source;
