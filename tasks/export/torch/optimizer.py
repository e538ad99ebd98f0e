"""The rate of each step, and what changes the parameters by it."""

import math
import re

import torch

MILESTONES = {"step": (0.4, 0.6), "step-imagenet": (200 / 530, 400 / 530, 500 / 530)}
TINY = 1e-7
NEWTON_SCHULZ = (3.4445, -4.775, 2.0315)


def learning_rate(settings, step, total, schedule=None):
    """The rate of a step, from 0, in a run of `total` steps; by a schedule of its own where there is one."""
    return settings.rate * curve(meant(schedule) if schedule else schedule_of(settings), step / total)


def schedule_of(settings):
    """A schedule as netfold's configuration has it."""
    if settings.schedule == "own":
        return settings.own["schedule"]
    if settings.schedule == "step":
        return {"kind": "steps", "at": settings.milestones, "by": 0.1}
    return meant(settings.schedule)


def meant(schedule):
    """A schedule, or the one that a name stands for."""
    if not isinstance(schedule, str):
        return schedule
    if schedule in MILESTONES:
        return {"kind": "steps", "at": MILESTONES[schedule], "by": 0.1}
    if schedule == "one-cycle":
        return {"kind": "warmup", "share": 0.25, "from": 0.1, "then": {"kind": "cosine"}}
    return {"kind": schedule}


def curve(schedule, done):
    """The share of the highest rate when this share of the run is done."""
    kind = schedule["kind"]
    if kind == "constant":
        return 1.0
    if kind == "cosine":
        return (1 + math.cos(math.pi * done)) / 2
    if kind == "linear":
        return 1 - done
    if kind == "steps":
        return 1 / (1 / schedule["by"]) ** sum(done >= share for share in schedule["at"])
    if kind == "warmup":
        share, begin = schedule["share"], schedule["from"]
        if done < share:
            return begin + (1 - begin) * done / share
        return curve(schedule["then"], (done - share) / (1 - share))
    if kind == "points":
        return between(schedule["at"], done)
    raise SystemExit(f"error: there is no schedule {kind} here")


def between(points, done):
    """On the straight line between the points to the left and to the right."""
    after = next((point for point in points if point[0] > done), None)
    before = next((point for point in reversed(points) if point[0] <= done), None)
    if before is None or after is None:
        return (after or before)[1]
    return before[1] + (done - before[0]) / (after[0] - before[0]) * (after[1] - before[1])


def set_rates(optimizer, settings, step, total):
    """Gives every group of parameters its rate in a step, of a rate that is a float32 as on every engine."""
    for group in optimizer.param_groups:
        rate = learning_rate(settings, step, total, group.get("schedule"))
        group["lr"] = group.get("factor", 1) * torch.tensor(rate, dtype=torch.float32).item()


def make_optimizer(settings, learnt):
    """The optimiser of named parameters; kernels may be all that decays."""
    if settings.optimizer == "own":
        return Groups(groups_of(settings.own["optimizer"], learnt), settings.rate)
    fused = settings.fused or None
    decayed = [(is_kernel, settings.weight_decay if is_kernel or settings.decay == "all" else 0.0) for is_kernel in (True, False)]
    groups = [
        {"params": [p for name, p in learnt.items() if name.endswith(".kernel") == is_kernel], "weight_decay": decay}
        for is_kernel, decay in decayed
    ]
    groups = [group for group in groups if group["params"]]
    if settings.optimizer == "adamw":
        betas = settings.beta1, settings.beta2
        return torch.optim.AdamW(groups, settings.rate, betas=betas, eps=settings.epsilon, fused=fused)
    nesterov = settings.nesterov and settings.momentum > 0
    return torch.optim.SGD(groups, settings.rate, settings.momentum, nesterov=nesterov, fused=fused)


ROLES = {"kernel": "kernel", "bias": "bias", "gamma": "scale", "beta": "shift"}


def fits(group, name):
    """Whether a parameter belongs to a group of netfold's, by its path or its role."""
    path, role = group.get("path"), group.get("role")
    pattern = None if not path else "^" + "[^.]*".join(map(re.escape, path.split("*"))) + r"(\.|$)"
    mine = ROLES.get(name.rsplit(".", 1)[1])
    return role in (None, mine) and (pattern is None or re.match(pattern, name) is not None)


def groups_of(optimizer, learnt):
    """Groups of named parameters as PyTorch has them, each with the update and the rate that netfold's groups say."""
    parts = optimizer["groups"] if optimizer["kind"] == "groups" else []
    rest = optimizer["otherwise"] if optimizer["kind"] == "groups" else optimizer
    found = []
    for name, parameter in learnt.items():
        part = next((part for part in parts if fits(part, name)), {})
        own = part.get("optimizer", rest)
        if own["kind"] == "muon" and not name.endswith(".kernel"):
            own = own.get("others", {"kind": "sgd"})
        # What never changes keeps nothing either.
        if part.get("rate", 1) != 0:
            place = {"factor": part.get("rate", 1), "schedule": part.get("schedule"), "name": name}
            found.append({"params": [parameter], **place, **updates(own, name)})
    return found


def updates(optimizer, name):
    """The settings of an update of one parameter, with netfold's defaults."""
    kind = optimizer["kind"]
    if kind == "muon":
        defaults = {"momentum": 0.95, "nesterov": True, "iterations": 5, "weightDecay": 0.0, "rescale": False}
    elif kind == "sgd":
        defaults = {"momentum": 0.9, "nesterov": True, "weightDecay": 1e-4, "decay": "all"}
    else:
        raise SystemExit(f"error: there is no optimizer {kind} in groups here; use sgd or muon")
    found = {**defaults, **{key: value for key, value in optimizer.items() if key != "others"}}
    if found.get("decay") == "kernels" and not name.endswith(".kernel"):
        found["weightDecay"] = 0.0
    return found


class Groups(torch.optim.Optimizer):
    """SGD and Muon (Jordan et al., 2024), each on parameters of its own."""

    def __init__(self, groups, rate):
        super().__init__(groups, {"lr": rate})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    (muon if group["kind"] == "muon" else sgd)(parameter, self.kept(parameter), group)

    def kept(self, parameter):
        state = self.state[parameter]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        return state["momentum_buffer"]


def direction(gradient, buffer, group):
    """The momentum with a gradient in it, or the gradient once more with it before that (Nesterov)."""
    buffer.mul_(group["momentum"]).add_(gradient)
    return gradient + group["momentum"] * buffer if group["nesterov"] else buffer


def sgd(parameter, buffer, group):
    gradient = parameter.grad + group["weightDecay"] * parameter
    parameter.sub_(group["lr"] * direction(gradient, buffer, group))


def muon(parameter, buffer, group):
    outputs = parameter.shape[0]
    update = orthogonal(direction(parameter.grad, buffer, group).reshape(outputs, -1), group["iterations"])
    if group["rescale"]:
        parameter.mul_(math.sqrt(outputs) / (parameter.norm() + TINY))
    else:
        update = update * math.sqrt(max(1, outputs / update.shape[1]))
    parameter.sub_(group["lr"] * (update.reshape(parameter.shape) + group["weightDecay"] * parameter))


def orthogonal(matrix, iterations):
    """Brings every singular value of a matrix close to 1."""
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + TINY)
    for _ in range(iterations):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x
