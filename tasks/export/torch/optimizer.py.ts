// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `optimizer.py`, edit `optimizer.py` instead. */
const source: string = `"""The rate of each step, and what changes the parameters by it."""

import math
import re

import torch

MILESTONES = {"step": (0.4, 0.6), "step-imagenet": (200 / 530, 400 / 530, 500 / 530)}
TINY = 1e-7
NEWTON_SCHULZ = (3.4445, -4.775, 2.0315)


def learning_rate(settings, step, total, schedule=None):
    """The rate of a step, from 0, in a run of \`total\` steps; by a schedule of its own where there is one."""
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
        return curve(meant(schedule["then"]), (done - share) / (1 - share))
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


def set_rates(optimizer, settings, step, total, lowering):
    """Gives every group of parameters its rate in a step, of a rate that is a float32 as on every engine."""
    for group in optimizer.param_groups:
        rate = lowering * learning_rate(settings, step, total, group.get("schedule"))
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
    pattern = None if not path else "^" + "[^.]*".join(map(re.escape, path.split("*"))) + r"(\\.|$)"
    mine = ROLES.get(name.rsplit(".", 1)[1])
    return role in (None, mine) and (pattern is None or re.match(pattern, name) is not None)


def groups_of(optimizer, learnt):
    """Named parameters as PyTorch's groups, each with the update and the rate that netfold's optimiser gives it."""
    found = [(name, parameter, update_of(optimizer, name)) for name, parameter in learnt.items()]
    # What never changes keeps nothing either.
    return [{"params": [parameter], "name": name, **update} for name, parameter, update in found if update["factor"] != 0]


def update_of(optimizer, name):
    """The update of one parameter by an optimiser of netfold's: its settings, its schedule and its factor of the rate."""
    kind = optimizer["kind"]
    if kind == "groups":
        part = next((part for part in optimizer["groups"] if fits(part, name)), {})
        inner = update_of(part.get("optimizer", optimizer["otherwise"]), name)
        factor, schedule = part.get("rate", 1), part.get("schedule")
        if factor == 0 or inner["schedule"] is None:
            return {**inner, "factor": factor * inner["factor"], "schedule": schedule}
        return inner
    if kind == "muon" and not name.endswith(".kernel"):
        return update_of(optimizer.get("others", {"kind": "sgd"}), name)
    if kind not in DEFAULTS:
        raise SystemExit(f"error: there is no optimizer {kind} in groups here; use one of {', '.join(DEFAULTS)}")
    found = {**DEFAULTS[kind], **{key: value for key, value in optimizer.items() if key != "others"}}
    if found.get("decay") == "kernels" and not name.endswith(".kernel"):
        found["weightDecay"] = 0.0
    return {**found, "factor": 1, "schedule": None}


DEFAULTS = {
    "sgd": {"momentum": 0.9, "nesterov": True, "weightDecay": 1e-4, "decay": "all"},
    "adamw": {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": 0.01, "decay": "kernels"},
    "lion": {"beta1": 0.9, "beta2": 0.99, "weightDecay": 0.01, "decay": "kernels"},
    "muon": {"momentum": 0.95, "nesterov": True, "iterations": 5, "weightDecay": 0.0, "rescale": False},
}
# What each update keeps of a parameter, and where netfold's checkpoints have it.
KEPT = {
    "sgd": {"momentum_buffer": "@momentum/"},
    "adamw": {"exp_avg": "@adam.m/", "exp_avg_sq": "@adam.v/"},
    "lion": {"exp_avg": "@lion.m/"},
    "muon": {"momentum_buffer": "@muon.momentum/"},
}


class Groups(torch.optim.Optimizer):
    """netfold's optimisers, each on parameters of its own."""

    def __init__(self, groups, rate):
        super().__init__(groups, {"lr": rate})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    UPDATES[group["kind"]](parameter, self.kept(parameter, group["kind"]), group)

    def kept(self, parameter, kind):
        state = self.state[parameter]
        for name in KEPT[kind]:
            if name not in state:
                state[name] = torch.zeros_like(parameter)
        return state


def direction(gradient, buffer, group):
    """The momentum with a gradient in it, or the gradient once more with it before that (Nesterov)."""
    buffer.mul_(group["momentum"]).add_(gradient)
    return gradient + group["momentum"] * buffer if group["nesterov"] else buffer


def sgd(parameter, state, group):
    gradient = parameter.grad + group["weightDecay"] * parameter
    parameter.sub_(group["lr"] * direction(gradient, state["momentum_buffer"], group))


def adamw(parameter, state, group):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019)."""
    beta1, beta2 = group["beta1"], group["beta2"]
    state["step"] = step = state.get("step", torch.zeros(())) + 1
    first = state["exp_avg"].mul_(beta1).add_(parameter.grad, alpha=1 - beta1) / (1 - beta1 ** step.item())
    second = state["exp_avg_sq"].mul_(beta2).addcmul_(parameter.grad, parameter.grad, value=1 - beta2)
    length = (second / (1 - beta2 ** step.item())).sqrt() + group["epsilon"]
    parameter.sub_(group["lr"] * (first / length + group["weightDecay"] * parameter))


def lion(parameter, state, group):
    """Lion (Chen et al., 2023)."""
    kept, gradient, beta1, beta2 = state["exp_avg"], parameter.grad, group["beta1"], group["beta2"]
    change = (beta1 * kept + (1 - beta1) * gradient).sign() + group["weightDecay"] * parameter
    kept.mul_(beta2).add_(gradient, alpha=1 - beta2)
    parameter.sub_(group["lr"] * change)


def muon(parameter, state, group):
    """Muon (Jordan et al., 2024)."""
    outputs = parameter.shape[0]
    update = direction(parameter.grad, state["momentum_buffer"], group).reshape(outputs, -1)
    update = orthogonal(update, group["iterations"])
    if group["rescale"]:
        parameter.mul_(math.sqrt(outputs) / (parameter.norm() + TINY))
    else:
        update = update * math.sqrt(max(1, outputs / update.shape[1]))
    parameter.sub_(group["lr"] * (update.reshape(parameter.shape) + group["weightDecay"] * parameter))


UPDATES = {"sgd": sgd, "adamw": adamw, "lion": lion, "muon": muon}


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
`;

export default source;
