"""The rate of each step, and what changes the parameters by it."""

import math

import torch

RISE = 0.25  # the share of a one-cycle run in which the rate rises
STEP_IMAGENET = (200 / 530, 400 / 530, 500 / 530)


def learning_rate(settings, step, total):
    """The rate of a step, from 0, in a run of `total` steps."""
    done = step / total
    if settings.schedule == "constant":
        return settings.rate
    if settings.schedule in ("step", "step-imagenet"):
        milestones = STEP_IMAGENET if settings.schedule == "step-imagenet" else settings.milestones
        return settings.rate / 10 ** sum(done >= milestone for milestone in milestones)
    if settings.schedule == "cosine":
        return falling(done) * settings.rate
    return settings.rate * (0.1 + 0.9 * done / RISE if done < RISE else falling((done - RISE) / (1 - RISE)))


def falling(part):
    return (1 + math.cos(math.pi * part)) / 2


def make_optimizer(settings, learnt):
    """The optimiser of named parameters; kernels may be all that decays."""
    kernels = [p for name, p in learnt.items() if name.endswith(".kernel")]
    others = [p for name, p in learnt.items() if not name.endswith(".kernel")]
    decayed = settings.weight_decay if settings.decay == "all" else 0.0
    groups = [{"params": kernels, "weight_decay": settings.weight_decay}, {"params": others, "weight_decay": decayed}]
    groups = [group for group in groups if group["params"]]
    fused = settings.fused or None
    if settings.optimizer == "adamw":
        betas = settings.beta1, settings.beta2
        return torch.optim.AdamW(groups, settings.rate, betas=betas, eps=settings.epsilon, fused=fused)
    nesterov = settings.nesterov and settings.momentum > 0
    return torch.optim.SGD(groups, settings.rate, settings.momentum, nesterov=nesterov, fused=fused)
