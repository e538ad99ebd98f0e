"""The network on its device, in as many processes as there are, and what a step does to it."""

import copy
import inspect
import os
from contextlib import nullcontext

import torch
import torch.distributed as dist
import torch.nn.functional as F
from model import named_tensors
from norms import with_biased_statistics
from optimizer import Groups, make_optimizer, set_rates
from recompute import recompute_stages
from sharded import local, shard
from team import Stopped
from tell import seen


class Learner:
    """A network, which comes with the weights to begin with, and what trains it."""

    def __init__(self, network, settings, team, shape):
        self.settings, self.team = settings, team
        height, width, channels = shape
        self.no_images = torch.zeros(0, channels, height, width, device=team.device)
        self.no_labels = torch.zeros(0, dtype=torch.int64, device=team.device)
        self.half = settings.precision in ("bfloat16", "float16")
        self.format = torch.channels_last if settings.channels_last else torch.contiguous_format
        self.dtype = torch.float64 if settings.precision == "float64" else torch.float32
        self.micro = settings.batch // team.world // settings.accumulate
        if team.device.type == "cuda":
            torch.backends.cudnn.benchmark = not settings.deterministic
            torch.set_float32_matmul_precision("high" if self.half else "highest")
        if settings.deterministic:
            # What cuBLAS wants of it, before it is called.
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
            torch.use_deterministic_algorithms(True)
        # What measures in float32 where forward passes of the other are all in half the bits.
        self.wide = None
        self.network = self.placed(network)
        tensors = named_tensors(self.network)
        self.names = {name: p for name, p in tensors.items() if isinstance(p, torch.nn.Parameter)}
        learnt = {name: p for name, p in self.names.items() if p.requires_grad}
        moving = {id(buffer) for norm in self.norms for buffer in (norm.running_mean, norm.running_var)}
        self.statistics = {name: tensor for name, tensor in tensors.items() if id(tensor) in moving}
        self.optimizer = make_optimizer(settings, learnt)
        groups = self.optimizer.param_groups if isinstance(self.optimizer, Groups) else ()
        self.kinds = {group["name"]: group["kind"] for group in groups} or dict.fromkeys(learnt, settings.optimizer)
        self.averaged = {**learnt, **self.statistics} if settings.ema else {}
        self.average = {name: tensor.detach().clone() for name, tensor in self.averaged.items()}
        self.done = 0
        self.called = self.network
        if team.world > 1 and not settings.fsdp:
            # Processes that drew their own weights take the first one's.
            parallel = torch.nn.parallel.DistributedDataParallel
            # What newer versions of PyTorch call it; the old name makes each process warn.
            new = "forward_sync_buffers" in inspect.signature(parallel).parameters
            self.called = parallel(
                self.network,
                device_ids=[team.device] if team.device.type == "cuda" else None,
                gradient_as_bucket_view=True,
                **{"forward_sync_buffers" if new else "broadcast_buffers": False},
            )
        # What measures: by default as netfold does, in float32.
        self.shown, self.half_shown = self.wide or self.network, self.half and settings.measure == "as-trained"
        if settings.compile:
            self.called = torch.compile(self.called, mode=settings.compile_mode)
            if settings.measure == "as-trained":
                self.shown = torch.compile(self.network, mode=settings.compile_mode)
        self.scaler = torch.amp.GradScaler(team.device.type, enabled=settings.precision == "float16")

    def placed(self, network):
        """The network on its device, or in shards on all of them."""
        settings, team = self.settings, self.team
        network = network.to(team.device, self.dtype)
        if settings.fsdp and self.half and settings.measure == "float32":
            self.wide = shard(copy.deepcopy(network))
        # FSDP shards contiguous parameters alone.
        if settings.channels_last and not settings.fsdp:
            network = network.to(memory_format=torch.channels_last)
        self.norms = with_biased_statistics(network)
        if team.world > 1 and settings.sync_batch_norm:
            for norm in self.norms:
                norm.group = dist.group.WORLD
        if settings.recompute:
            recompute_stages(network)
        if settings.fsdp:
            shard(network, getattr(torch, settings.precision) if self.half else None)
        return network

    def step(self, images, labels, number, total, lowering):
        """One step of a run; gives this process's sums of the loss and of what was right, on the device."""
        set_rates(self.optimizer, self.settings, number, total, lowering)
        sums = torch.zeros(2, dtype=torch.float64, device=self.team.device)
        parts = list(zip(images.split(self.micro), labels.split(self.micro)))
        for part, (some, their) in enumerate(parts):
            last = part == len(parts) - 1
            if self.settings.fsdp:
                self.network.set_requires_gradient_sync(last)
            alone = self.team.world > 1 and not self.settings.fsdp and not last
            with self.called.no_sync() if alone else nullcontext():
                loss, right = self.loss(some, their, number, part)
                self.scaler.scale(loss / len(parts)).backward()
            sums += torch.stack([loss.detach().double() / len(parts), right / len(images)])
        if self.settings.clip > 0:
            self.scaler.unscale_(self.optimizer)
            self.clip()
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.network.zero_grad(set_to_none=True)
        if self.average:
            self.take_in(number)
        self.done = number + 1
        return sums

    @torch.no_grad()
    def take_in(self, number):
        """Takes weights and running statistics after a step into their averages."""
        # The mean of the first steps, until they are so many that a share of it stays in each.
        share = min(number / (number + 1), self.settings.ema)
        averages, now = ([local(tensor) for tensor in all.values()] for all in (self.average, self.averaged))
        torch._foreach_lerp_(averages, now, 1 - share)

    @torch.no_grad()
    def clip(self):
        """Scales all gradients down together when their common norm is above the largest that it may be."""
        gradients = [parameter.grad for parameter in self.names.values() if parameter.grad is not None]
        square = sum(local(gradient).double().square().sum() for gradient in gradients)
        if self.settings.fsdp:
            dist.all_reduce(square)
        factor = self.settings.clip / square.sqrt().clamp_min(self.settings.clip).item()
        for gradient in gradients:
            gradient.mul_(factor)

    def loss(self, images, labels, step, part):
        """The mean loss of a part of a batch, and how many of it are right."""
        settings = self.settings
        images = images.to(self.dtype).contiguous(memory_format=self.format)
        # What layers draw follows from the step, so that a run can go on from anywhere.
        drawn = ((settings.seed * 1_000_003 + step) * 64 + part) * 4096 + self.team.rank
        torch.manual_seed(drawn % 2**64)
        with self.halved(self.half):
            logits = self.called(images)
        logits = logits.to(self.dtype)
        truth, wanted = labels, labels
        if labels.is_floating_point():
            # Distributions over classes, of images that were mixed or whose classes have weights.
            truth, wanted = labels.argmax(1), labels.to(self.dtype)
        # What is weighted is smooth already.
        smoothing = 0.0 if settings.class_weights else settings.label_smoothing
        loss = F.cross_entropy(logits, wanted, label_smoothing=smoothing)
        return loss, (logits.detach().argmax(1) == truth).double().sum()

    def halved(self, wanted):
        """Where products are made in half the bits, when that is wanted; FSDP sees to it by itself."""
        wanted = wanted and not self.settings.fsdp
        return torch.autocast(self.team.device.type, getattr(torch, self.settings.precision)) if wanted else nullcontext()

    def share_statistics(self):
        """Running statistics of each process's share, and their averages, become those of all."""
        if self.team.world == 1 or self.settings.sync_batch_norm:
            return
        averages = [self.average[name] for name in self.statistics if self.average]
        for statistic in (*self.statistics.values(), *averages):
            dist.all_reduce(statistic)
            statistic /= self.team.world

    def together(self, batches, asked):
        """This process's batches, until any process is asked to stop. All of FSDP's processes meet in every pass,
        so empty batches follow while others go on."""
        batches = iter(batches)
        while due := self.team.agree(2 if asked else int((batch := next(batches, None)) is not None)):
            if due == 2:
                raise Stopped
            if batch is not None or self.settings.fsdp:
                yield batch or (self.no_images, self.no_labels)

    @torch.no_grad()
    def measure(self, batches, classes=None, asked=()):
        """Loss, top-1 and top-5 over images of which `batches` is this process's share.

        Images that cannot be read count for nothing; each of `classes`, numbers with names, must have one that can.
        Raises Stopped once there is something in `asked`.
        """
        self.shown.eval()
        if self.wide is not None:
            for shown, own in zip(values_of(self.wide), values_of(self.network)):
                shown.copy_(own)
        sums = torch.zeros(4, dtype=torch.float64, device=self.team.device)
        read = sums.new_zeros(1 + max(classes or (0,)))
        for images, labels in self.together(batches, asked):
            logits = self.answer(images)
            likeliest = logits.topk(min(5, logits.shape[1])).indices == labels[:, None]
            loss = F.cross_entropy(logits, labels, reduction="sum")
            sums += torch.stack([loss, likeliest[:, 0].sum(), likeliest.sum(), sums.new_tensor(len(labels))])
            read += torch.bincount(labels, minlength=len(read))[: len(read)]
        self.shown.train()
        loss, first, five, count = self.team.total(sums)
        read = self.team.total(read)
        unread = [name for label, name in (classes or {}).items() if not read[label]]
        if not count or unread:
            which = f"of the class {seen(unread[0])} " if count else ""
            raise SystemExit(f"error: no image {which}to measure on can be read")
        return {"images": int(count), "loss": loss / count, "top1": first / count, "top5": five / count}

    def answer(self, images):
        """Logits in float64; of several views of each image the logarithms of their mean probabilities."""
        with self.halved(self.half_shown):
            answers = [
                (self.shown(view.to(self.dtype).contiguous(memory_format=self.format)).double(), weight)
                for view, weight in views(images, self.settings.views)
            ]
        if len(answers) == 1:
            return answers[0][0]
        total = sum(weight for _, weight in answers)
        return (sum(weight * logits.softmax(1) for logits, weight in answers) / total).clamp_min(1e-30).log()

    def measure_average(self, batches, asked=()):
        """What the averages of weights and running statistics reach, where there are any."""
        own = {name: tensor.detach().clone() for name, tensor in self.averaged.items()}
        self.take(self.average)
        try:
            return self.measure(batches, asked=asked)
        finally:
            self.take(own)

    @torch.no_grad()
    def take(self, values):
        for name, value in values.items():
            self.averaged[name].copy_(value)

    def __str__(self):
        settings, team = self.settings, self.team
        name = torch.cuda.get_device_name() if team.device.type == "cuda" else f"cpu ({torch.get_num_threads()} threads)"
        ways = (("compiled", settings.compile), ("channels last", settings.channels_last), ("FSDP", settings.fsdp))
        processes = "" if team.world == 1 else f"{team.world} x "
        return f"PyTorch {torch.__version__} {processes}{name}, {', '.join([settings.precision] + [way for way, on in ways if on])}"


def values_of(network):
    """The parameters and buffers of a network, in order."""
    return [*network.parameters(), *network.buffers()]


def views(images, kind):
    """Images as they are shown to be measured, and what each showing weighs."""
    if kind == "none":
        return [(images, 1)]
    height, width = images.shape[2:]
    moved = []
    if kind == "six":
        if min(height, width) < 2:
            raise SystemExit("error: images of one pixel along a side cannot be moved; measure with --views mirror")
        around = F.pad(images, (1, 1, 1, 1), "reflect")
        moved = [around[:, :, at : at + height, at : at + width] for at in (0, 2)]
    return [(view, weight) for of, weight in [(images, 2), *((part, 1) for part in moved)] for view in (of, of.flip(3))]
