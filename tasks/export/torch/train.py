"""Trains the network of model.py, in one process or by torchrun in many, and keeps netfold's run folder.

    python train.py                                  one process
    torchrun --nproc_per_node 8 train.py             eight on one machine
    python train.py --out run --resume               goes on where a run was stopped
    python train.py --evaluate run/best.safetensors  top-1 and top-5

Settings come from config.json beside this file; every one is an option too, --batch 128.
What is "auto" is decided by the device that is found.
"""

import argparse
import dataclasses
import json
import math
import os
import signal
import sys
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass

import torch
import torch.distributed as dist
import torch.nn.functional as F
from folder import Run, check, load_weights, placed, whole
from images import open_data
from model import BatchNorm, Network, read_safetensors, to_netfold

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Settings:
    """Everything that can be chosen."""

    data: str = "cifar10"  # cifar10, a folder of netfold's raw files, a folder of images, or shards-{000..099}.tar
    test_data: str = ""  # the shards to test on
    images: int = 0  # how many images the training shards hold
    classes: tuple = ()  # the names of the classes
    out: str = os.path.join(HERE, "run")
    epochs: int = 1
    steps: int = 0  # ends the run within its epochs
    batch: int = 64  # images a step, of all processes and accumulated parts together
    rate: float = 0.1
    schedule: str = "step"  # constant, step, cosine, one-cycle
    milestones: tuple = (0.4, 0.6)  # shares of the run after which "step" divides the rate by 10
    optimizer: str = "sgd"  # sgd, adamw
    momentum: float = 0.9
    nesterov: bool = True
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    weight_decay: float = 1e-4
    decay: str = "all"  # all, kernels
    label_smoothing: float = 0.0
    mixup: float = 0.0  # the alpha of mixup; 0 is none
    ema: float = 0.0  # the share of the average weights that a step keeps; 0 is none
    augment: bool = True  # whether images from files are cut out, mirrored and lit at random
    pad: int = 0  # raw images: the border of zeros out of which they are cut
    flip: bool = False  # raw images: whether every second one is mirrored
    validation: int = 0
    limit: int = 0
    seed: int = 0
    accumulate: int = 1  # parts of a batch, one after the other
    precision: str = "auto"  # float32, bfloat16, float16
    channels_last: str = "auto"  # yes, no
    compile: str = "auto"  # yes, no
    fused: str = "auto"  # yes, no
    fsdp: bool = False  # shards parameters and optimiser over the processes
    sync_batch_norm: bool = False  # statistics of the whole batch, not of each process's share
    workers: int = min(16, os.cpu_count() or 1)  # threads that decode images
    save_every: float = 60.0  # seconds


class Team:
    """The processes that train together, or the one."""

    def __init__(self):
        self.world, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        local = int(os.environ.get("LOCAL_RANK", 0))
        if torch.cuda.is_available():
            self.device = torch.device("cuda", local)
            torch.cuda.set_device(self.device)
        else:
            self.device = torch.device("cpu")
        if self.world > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    def total(self, numbers):
        """The sums of numbers over all processes."""
        sums = torch.as_tensor(numbers, dtype=torch.float64, device=self.device).clone()
        if self.world > 1:
            dist.all_reduce(sums)
        return sums.tolist()

    def agree(self, flag):
        """The largest flag of all processes."""
        if self.world == 1:
            return flag
        flags = torch.tensor([flag], device=self.device)
        dist.all_reduce(flags, op=dist.ReduceOp.MAX)
        return int(flags.item())


def learning_rate(settings, step, total):
    done = step / total
    falling = lambda part: (1 + math.cos(math.pi * part)) / 2  # noqa: E731
    if settings.schedule == "constant":
        return settings.rate
    if settings.schedule == "step":
        return settings.rate / 10 ** sum(done >= milestone for milestone in settings.milestones)
    if settings.schedule == "cosine":
        return falling(done) * settings.rate
    rise = 0.25
    return settings.rate * (0.1 + 0.9 * done / rise) if done < rise else falling((done - rise) / (1 - rise)) * settings.rate


class Trainer:
    """A run: the network, what trains it, and where it stands."""

    def __init__(self, settings, config, team, resume=False, weights=""):
        self.settings, self.config, self.team = settings, config, team
        self.decide()
        torch.manual_seed(settings.seed)
        self.data = open_data(settings, config["input"], team.device)
        self.classes = list(settings.classes or self.data.classes or [])
        self.steps_per_epoch = self.data.count // settings.batch
        if self.steps_per_epoch == 0:
            raise SystemExit(f"error: {self.data.count} images do not fill a batch of {settings.batch}")
        self.total = min(settings.steps or math.inf, settings.epochs * self.steps_per_epoch)
        self.position = {"epoch": 0, "batch": 0, "step": 0, "lossSum": 0, "accuracySum": 0}
        self.run = Run(settings.out, config, team.rank == 0)
        self.network = Network()
        self.load(resume, weights)
        self.distribute()
        self.restore()

    def decide(self):
        """What is auto becomes what is fastest on the device; what cannot be is refused."""
        settings, team = self.settings, self.team
        cuda = team.device.type == "cuda"
        if settings.batch % (team.world * settings.accumulate) != 0:
            raise SystemExit(
                f"error: a batch of {settings.batch} cannot be shared by {team.world} processes"
                f" in {settings.accumulate} parts; use a multiple of {team.world * settings.accumulate}"
            )
        if settings.precision == "auto":
            half = "bfloat16" if cuda and torch.cuda.is_bf16_supported() else "float16"
            settings.precision = half if cuda else "float32"
        yes = {"yes": True, "no": False, "auto": cuda}
        self.compiled, self.fused = yes[settings.compile], yes[settings.fused]
        self.channels_last = yes[settings.channels_last]
        self.micro = settings.batch // team.world // settings.accumulate
        if cuda:
            torch.backends.cudnn.benchmark = True
            torch.set_float32_matmul_precision("high" if settings.precision != "float32" else "highest")

    def load(self, resume, weights):
        """The weights that the run begins with, or those of its last checkpoint."""
        self.run.begin(resume)
        self.tensors = {}
        if resume and os.path.exists(self.run.last):
            self.tensors, found = self.run.load(self.run.last)
            self.classes = self.classes or found["classes"]
            check(self.run.last, found, self.standing(), self.config["net"])
            self.position = found["position"]
            place = min(self.total, self.position["epoch"] * self.steps_per_epoch + self.position["batch"])
            if self.position["step"] != place:
                raise SystemExit(f"error: {self.run.last} stands at step {self.position['step']}, not within this run")
            self.scale = found["torch"].get("scale")
            self.run.truncate(self.position["epoch"])
            path = self.run.last
        elif weights:
            found, path = read_safetensors(weights)[0], weights
            self.tensors = {name: tensor for name, tensor in found.items() if not name.startswith("@")}
        if self.tensors:
            load_weights(self.network, self.tensors, path)

    def distribute(self):
        """Moves the network to its device and, with others, to all of them."""
        settings, team = self.settings, self.team
        network = self.network.to(team.device)
        if self.channels_last:
            network = network.to(memory_format=torch.channels_last)
        self.norms = [part for part in network.modules() if isinstance(part, BatchNorm) and not part.frozen]
        if team.world > 1 and settings.sync_batch_norm:
            for norm in self.norms:
                norm.group = dist.group.WORLD
        if settings.fsdp:
            if team.world == 1:
                raise SystemExit("error: --fsdp shards over processes, and there is one; use torchrun")
            from torch.distributed.fsdp import fully_shard

            for part in network.children():
                if any(True for _ in part.parameters()):
                    fully_shard(part)
            fully_shard(network)
        self.names = dict(network.named_parameters())
        learnt = {name: p for name, p in self.names.items() if p.requires_grad}
        self.optimizer = self.make_optimizer(learnt)
        self.average = {name: p.detach().clone() for name, p in learnt.items()} if settings.ema else {}
        self.called = network
        if team.world > 1 and not settings.fsdp:
            # Processes that drew their own weights take the first one's.
            self.called = torch.nn.parallel.DistributedDataParallel(
                network,
                device_ids=[team.device] if team.device.type == "cuda" else None,
                broadcast_buffers=False,
                gradient_as_bucket_view=True,
            )
        if self.compiled:
            self.called = torch.compile(self.called)
        scaled = settings.precision == "float16"
        self.scaler = torch.amp.GradScaler(team.device.type, enabled=scaled)

    def make_optimizer(self, learnt):
        settings = self.settings
        kernels = [p for name, p in learnt.items() if name.endswith(".kernel")]
        others = [p for name, p in learnt.items() if not name.endswith(".kernel")]
        decayed = settings.weight_decay if settings.decay == "all" else 0.0
        groups = [{"params": kernels, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": decayed}]
        groups = [group for group in groups if group["params"]]
        fused = self.fused or None
        if settings.optimizer == "adamw":
            betas = settings.beta1, settings.beta2
            return torch.optim.AdamW(groups, settings.rate, betas=betas, eps=settings.epsilon, fused=fused)
        nesterov = settings.nesterov and settings.momentum > 0
        return torch.optim.SGD(groups, settings.rate, settings.momentum, nesterov=nesterov, fused=fused)

    def restore(self):
        """What the optimiser kept, and the average weights, from the last checkpoint."""
        for name, parameter in self.names.items():
            state = self.optimizer.state
            if f"@momentum/{name}" in self.tensors:
                state[parameter]["momentum_buffer"] = placed(self.tensors[f"@momentum/{name}"], parameter)
            if f"@adam.m/{name}" in self.tensors:
                state[parameter] = {
                    "step": self.tensors["@adam.step"].reshape(()).clone().to(self.team.device if self.fused else "cpu"),
                    "exp_avg": placed(self.tensors[f"@adam.m/{name}"], parameter),
                    "exp_avg_sq": placed(self.tensors[f"@adam.v/{name}"], parameter),
                }
            if name in self.average and f"@ema/{name}" in self.tensors:
                self.average[name].copy_(placed(self.tensors[f"@ema/{name}"], parameter))
        if getattr(self, "scale", None) is not None:
            self.scaler.load_state_dict(self.scale)
        self.tensors = {}

    def snapshot(self, average=False):
        """Every tensor of the run in netfold's layouts; with `average`, the average weights in the weights' place."""
        self.share_statistics()
        tensors = {name: to_netfold(buffer.detach().cpu()) for name, buffer in self.network.named_buffers()}
        for name, parameter in self.names.items():
            tensors[name] = whole(self.average.get(name, parameter) if average else parameter)
            if not parameter.requires_grad:
                continue
            state = self.optimizer.state.get(parameter, {})
            if self.settings.optimizer == "sgd":
                kept = state.get("momentum_buffer")
                tensors[f"@momentum/{name}"] = torch.zeros_like(tensors[name]) if kept is None else whole(kept)
            else:
                for short, key in (("m", "exp_avg"), ("v", "exp_avg_sq")):
                    kept = state.get(key)
                    tensors[f"@adam.{short}/{name}"] = torch.zeros_like(tensors[name]) if kept is None else whole(kept)
                tensors["@adam.step"] = torch.tensor(float(state.get("step", 0.0)))
            if name in self.average and not average:
                tensors[f"@ema/{name}"] = whole(self.average[name])
        return tensors

    def share_statistics(self):
        """Running statistics of each process's share become those of all."""
        if self.team.world == 1 or self.settings.sync_batch_norm:
            return
        for norm in self.norms:
            for buffer in (norm.mean, norm.variance):
                dist.all_reduce(buffer)
                buffer /= self.team.world

    def standing(self):
        return {
            "classes": self.classes,
            "seed": self.settings.seed,
            "position": self.position,
            "normalization": self.data.normalization,
            "torch": {"scale": self.scaler.state_dict()} if hasattr(self, "scaler") and self.scaler.is_enabled() else {},
        }

    def save(self):
        self.run.save(self.run.last, self.snapshot(), self.standing())

    def loss(self, images, labels, step, part):
        """The mean loss of a part of a batch, and how many of it are right."""
        settings = self.settings
        images = images.contiguous(memory_format=torch.channels_last if self.channels_last else torch.contiguous_format)
        # What layers and mixup draw follows from the step, so that a run can go on from anywhere.
        torch.manual_seed(((settings.seed * 1_000_003 + step) * 64 + part) * 4096 + self.team.rank)
        others, share = None, 1.0
        if settings.mixup > 0:
            share = torch.distributions.Beta(settings.mixup, settings.mixup).sample().item()
            others = labels.flip(0)
            images = share * images + (1 - share) * images.flip(0)
        half = settings.precision != "float32"
        with torch.autocast(self.team.device.type, getattr(torch, settings.precision)) if half else nullcontext():
            logits = self.called(images)
        logits = logits.float()
        loss = F.cross_entropy(logits, labels, label_smoothing=settings.label_smoothing)
        if others is not None:
            mixed = F.cross_entropy(logits, others, label_smoothing=settings.label_smoothing)
            loss = share * loss + (1 - share) * mixed
        return loss, (logits.detach().argmax(1) == labels).double().sum()

    def step(self, images, labels):
        """One step; gives this process's sums of the loss and of what was right, on the device."""
        settings, step = self.settings, self.position["step"]
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(settings, step, self.total)
        sums = torch.zeros(2, dtype=torch.float64, device=self.team.device)
        parts = list(zip(images.split(self.micro), labels.split(self.micro)))
        for part, (some, their) in enumerate(parts):
            last = part == len(parts) - 1
            if settings.fsdp:
                self.network.set_requires_gradient_sync(last)
            alone = self.team.world > 1 and not settings.fsdp and not last
            with self.called.no_sync() if alone else nullcontext():
                loss, right = self.loss(some, their, step, part)
                self.scaler.scale(loss / len(parts)).backward()
            sums += torch.stack([loss.detach().double() / len(parts), right / len(images)])
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        with torch.no_grad():
            for name, average in self.average.items():
                average.lerp_(self.names[name], 1 - settings.ema)
        return sums

    @torch.no_grad()
    def measure(self, name):
        """Loss, top-1 and top-5 over the images of a split."""
        self.share_statistics()
        self.network.eval()
        sums = torch.zeros(4, dtype=torch.float64, device=self.team.device)
        for images, labels in self.data.split(name, 256, self.team.rank, self.team.world):
            if self.channels_last:
                images = images.contiguous(memory_format=torch.channels_last)
            logits = self.network(images).double()
            likeliest = logits.topk(min(5, logits.shape[1])).indices == labels[:, None]
            loss = F.cross_entropy(logits, labels, reduction="sum")
            sums += torch.stack([loss, likeliest[:, 0].sum(), likeliest.sum(), sums.new_tensor(len(labels))])
        self.network.train()
        loss, first, five, count = self.team.total(sums)
        return {"images": int(count), "loss": loss / count, "top1": first / count, "top5": five / count}

    def measured_average(self, name):
        """What the average weights reach, where there are any."""
        if not self.average:
            return self.measure(name)
        own = {name: self.names[name].detach().clone() for name in self.average}
        with torch.no_grad():
            for name_, average in self.average.items():
                self.names[name_].copy_(average)
            measured = self.measure(name)
            for name_, parameter in own.items():
                self.names[name_].copy_(parameter)
        return measured

    def fit(self, tell):
        """Trains to the end; gives whether it came there, or was asked to stop."""
        asked = []
        if threading.current_thread() is threading.main_thread():
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, lambda *_: asked.append(True))
        self.network.train()
        while self.position["step"] < self.total or self.position["batch"] > 0:
            began, first = time.monotonic(), self.position["batch"]
            if not self.train_epoch(tell, asked):
                return False
            self.close_epoch(tell, time.monotonic() - began, first)
        return True

    def train_epoch(self, tell, asked):
        settings, team, position = self.settings, self.team, self.position
        sums = torch.zeros(2, dtype=torch.float64, device=team.device)
        saved = told = time.monotonic()

        def settle():
            nonlocal sums
            loss, accuracy = (total / team.world for total in team.total(sums))
            if not math.isfinite(loss):
                raise SystemExit("error: the loss is not finite; lower the learning rate, the last checkpoint is kept")
            position["lossSum"] += loss
            position["accuracySum"] += accuracy
            sums = torch.zeros_like(sums)

        batches = self.data.batches(position["epoch"], position["batch"], settings.batch, team.rank, team.world)
        for images, labels in batches:
            if position["step"] == self.total:
                break
            sums += self.step(images, labels)
            position["batch"] += 1
            position["step"] += 1
            now = time.monotonic()
            due = 2 if asked else 1 if now - saved > settings.save_every else 0
            # Processes must agree on when to save; asking each other at every step would cost.
            flag = team.agree(due) if team.world == 1 or position["step"] % 8 == 0 else 0
            if flag or (now - told > 0.2 and team.world == 1) or position["step"] % 100 == 0:
                settle()
                told = time.monotonic()
                tell("step", self.event())
            if flag:
                self.save()
                saved = time.monotonic()
            if flag == 2:
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
        done, settings = self.position, self.settings
        held = self.measured_average("validation") if self.data.validation is not None else None
        best, epoch = done.get("best"), done["epoch"] + 1
        better = held is None or best is None or held["top1"] > best["accuracy"]
        if better and held is not None:
            best = {"epoch": epoch, "accuracy": held["top1"]}
        self.position = {"epoch": epoch, "batch": 0, "step": done["step"], "lossSum": 0, "accuracySum": 0}
        if best is not None:
            self.position["best"] = best
        if better:
            self.run.save(self.run.best, self.snapshot(average=True), self.standing())
        record = {
            "epoch": epoch,
            "step": done["step"],
            "rate": learning_rate(settings, done["step"] - 1, self.total),
            "trainLoss": done["lossSum"] / done["batch"],
            "trainAccuracy": done["accuracySum"] / done["batch"],
            **({} if held is None else {"validationLoss": held["loss"], "validationAccuracy": held["top1"]}),
            "seconds": seconds,
            "imagesPerSecond": (done["batch"] - first) * settings.batch / seconds,
        }
        self.run.record(record)
        self.save()
        tell("epoch", record)

    def test(self, path):
        """What a weight file reaches on the test images."""
        with torch.no_grad():
            tensors = read_safetensors(path)[0]
            state = {**dict(self.network.named_parameters()), **dict(self.network.named_buffers())}
            for name, own in state.items():
                own.copy_(placed(tensors[name], own))
        return self.measure("test")


def train(settings, config, tell, resume=False, weights=""):
    """A whole run, in each of the processes that train together; gives whether it came to its end."""
    trainer = Trainer(settings, config, Team(), resume, weights)
    tell("start", {
        "engine": describe(trainer),
        "images": trainer.data.count,
        "validation": len(trainer.data.validation or ()),
        "step": trainer.position["step"],
        "steps": trainer.total,
    })
    if not trainer.fit(tell):
        return False
    if trainer.team.world > 1:
        dist.barrier()
    measured = trainer.test(trainer.run.best)
    trainer.run.record({"test": measured})
    tell("test", measured)
    return True


def describe(trainer):
    settings, team = trainer.settings, trainer.team
    name = torch.cuda.get_device_name() if team.device.type == "cuda" else f"cpu ({torch.get_num_threads()} threads)"
    with_ = [settings.precision] + [word for word, on in (
        ("compiled", trainer.compiled), ("channels last", trainer.channels_last), ("FSDP", settings.fsdp),
    ) if on]
    processes = "" if team.world == 1 else f"{team.world} x "
    return f"PyTorch {torch.__version__} {processes}{name}, {', '.join(with_)}"


def settings_of(config):
    """The settings that a netfold configuration asks for."""
    recipe, optimizer = config["recipe"], config["recipe"]["optimizer"]
    augment = recipe["augment"]
    given = {
        "data": config["data"],
        "epochs": recipe["epochs"],
        "steps": recipe.get("steps", 0),
        "batch": recipe["batch"],
        "rate": recipe["rate"],
        "schedule": recipe["schedule"],
        "optimizer": optimizer["kind"],
        "weight_decay": optimizer.get("weightDecay", 1e-4 if optimizer["kind"] == "sgd" else 0.01),
        "decay": optimizer.get("decay", "all" if optimizer["kind"] == "sgd" else "kernels"),
        "label_smoothing": recipe["labelSmoothing"],
        "augment": augment != "none",
        "pad": 0 if augment == "none" else augment["pad"],
        "flip": augment != "none" and augment["flip"],
        "validation": recipe["validation"],
        "limit": recipe.get("limit", 0),
        "seed": recipe["seed"],
    }
    kept = ("momentum", "nesterov", "beta1", "beta2", "epsilon")
    given.update({name: optimizer[name] for name in kept if name in optimizer})
    return Settings(**{**given, **config.get("torch", {})})


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default=os.path.join(HERE, "config.json"), help="netfold's configuration")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--weights", default="", help="the weights to begin with, a safetensors file of netfold's")
    parser.add_argument("--evaluate", default="", metavar="FILE", help="measure a weight file on the test images")
    parser.add_argument("--events", action="store_true", help="tell what happens as JSON, a line each")
    for field in dataclasses.fields(Settings):
        kind = {"int": int, "float": float, "str": str, "bool": flag, "tuple": words}[getattr(field.type, "__name__", field.type)]
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=None)
    given = parser.parse_args(arguments)
    with open(given.config) as file:
        config = json.load(file)["config"]
    changes = {f.name: getattr(given, f.name) for f in dataclasses.fields(Settings) if getattr(given, f.name) is not None}
    return given, config, dataclasses.replace(settings_of(config), **changes)


def flag(text):
    return {"yes": True, "no": False, "true": True, "false": False}[text]


def words(text):
    parts = [part for part in text.split(",") if part]
    return tuple(float(part) if part.replace(".", "").isdigit() else part for part in parts)


def teller(events):
    """Tells what happens: lines of JSON for a program, or text for a person; only the first process speaks."""
    if int(os.environ.get("RANK", 0)) != 0:
        return lambda kind, what: None

    def tell(kind, what):
        if events:
            print(json.dumps({kind: what}), flush=True)
        elif kind == "start":
            print(f"{what['engine']}: {what['images']} images, step {what['step']} of {what['steps']}", flush=True)
        elif kind == "epoch":
            held = f"; held out {what['validationAccuracy']:.2%}" if "validationAccuracy" in what else ""
            print(
                f"epoch {what['epoch']}  loss {what['trainLoss']:.3f}, {what['trainAccuracy']:.2%}{held};"
                f" {what['imagesPerSecond']:.0f} images/s",
                flush=True,
            )
        elif kind == "test":
            print(f"test accuracy {what['top1']:.2%} of {what['images']} images, top-5 {what['top5']:.2%}", flush=True)

    return tell


def main(arguments):
    given, config, settings = read_arguments(arguments)
    tell = teller(given.events)
    if given.evaluate:
        settings.out = ""
        trainer = Trainer.__new__(Trainer)
        trainer.settings, trainer.config, trainer.team = settings, config, Team()
        trainer.decide()
        trainer.data, trainer.network = open_data(settings, config["input"], trainer.team.device), Network()
        load_weights(trainer.network, read_safetensors(given.evaluate)[0], given.evaluate)
        trainer.network.to(trainer.team.device)
        trainer.norms = []
        tell("test", trainer.measure("test"))
        return 0
    finished = train(settings, config, tell, given.resume, given.weights)
    if dist.is_initialized():
        dist.destroy_process_group()
    return 0 if finished else 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
