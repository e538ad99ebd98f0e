"""What changes the parameters in a step, by its rate."""

import re
from typing import NamedTuple

import torch
from muon import direction, muon
from schedule import learning_rate
from sharded import local

# Those that PyTorch has too.
FUSED = ("sgd", "adamw")


def set_rates(optimizer, settings, step, total, lowering):
    """Gives every group of parameters its rate in a step, of a rate that is a float32 as on every engine."""
    for group in optimizer.param_groups:
        rate = lowering * learning_rate(settings, step, total, group.get("schedule"))
        group["lr"] = group.get("factor", 1) * torch.tensor(rate, dtype=torch.float32).item()


def make_optimizer(settings, learnt):
    """The optimiser of named parameters: PyTorch's own of SGD and AdamW, which has them all at once, or netfold's."""
    rule = settings.own["optimizer"]
    if settings.optimizer not in FUSED:
        return Groups(groups_of(rule, learnt), settings.rate)
    rule = {**DEFAULTS[rule["kind"]], **rule}
    decayed = [(is_kernel, rule["weightDecay"] if is_kernel or rule["decay"] == "all" else 0.0) for is_kernel in (True, False)]
    groups = [
        {"params": [p for name, p in learnt.items() if name.endswith(".kernel") == is_kernel], "weight_decay": decay}
        for is_kernel, decay in decayed
    ]
    groups, fused = [group for group in groups if group["params"]], settings.fused or None
    if settings.optimizer == "adamw":
        betas = rule["beta1"], rule["beta2"]
        return torch.optim.AdamW(groups, settings.rate, betas=betas, eps=rule["epsilon"], fused=fused)
    nesterov = rule["nesterov"] and rule["momentum"] > 0
    return torch.optim.SGD(groups, settings.rate, rule["momentum"], nesterov=nesterov, fused=fused)


ROLES = {"kernel": "kernel", "bias": "bias", "gamma": "scale", "beta": "shift"}


def fits(group, name):
    """Whether a parameter belongs to a group of netfold's, by its path or its role."""
    path, role = group.get("path"), group.get("role")
    pattern = None if not path else "^" + "[^.]*".join(map(re.escape, path.split("*"))) + r"(\.|$)"
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
        raise SystemExit(f"error: there is no optimizer {kind} here; use one of {', '.join(DEFAULTS)}")
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


class Part(NamedTuple):
    """A parameter that is moved; of one in shards the values are this process's own."""

    parameter: torch.Tensor
    value: torch.Tensor
    gradient: torch.Tensor
    kept: dict
    group: dict


class Groups(torch.optim.Optimizer):
    """netfold's optimisers, each on parameters of its own."""

    def __init__(self, groups, rate):
        super().__init__(groups, {"lr": rate})

    @torch.no_grad()
    def step(self):
        parts = {kind: [] for kind in KEPT}
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    kept = self.kept(parameter, group["kind"])
                    parts[group["kind"]].append(Part(parameter, local(parameter), local(parameter.grad), kept, group))
        for kind, update in UPDATES.items():
            for part in parts[kind]:
                update(part.value, part.gradient, part.kept, part.group)
        muon(parts["muon"])

    def kept(self, parameter, kind):
        """What is kept of a parameter, nothing at first, with this step counted."""
        state = self.state[parameter]
        for name in KEPT[kind]:
            if name not in state:
                state[name] = torch.zeros_like(parameter)
        if kind == "adamw":
            state["step"] = state.get("step", torch.zeros(())) + 1
        return {name: local(tensor) for name, tensor in state.items()}


def sgd(value, gradient, kept, group):
    gradient = gradient + group["weightDecay"] * value
    value.sub_(group["lr"] * direction(gradient, kept["momentum_buffer"], group))


def adamw(value, gradient, kept, group):
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019)."""
    beta1, beta2, step = group["beta1"], group["beta2"], kept["step"].item()
    first = kept["exp_avg"].mul_(beta1).add_(gradient, alpha=1 - beta1) / (1 - beta1**step)
    second = kept["exp_avg_sq"].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    length = (second / (1 - beta2**step)).sqrt() + group["epsilon"]
    value.sub_(group["lr"] * (first / length + group["weightDecay"] * value))


def lion(value, gradient, kept, group):
    """Lion (Chen et al., 2023)."""
    average, beta1, beta2 = kept["exp_avg"], group["beta1"], group["beta2"]
    change = (beta1 * average + (1 - beta1) * gradient).sign() + group["weightDecay"] * value
    average.mul_(beta2).add_(gradient, alpha=1 - beta2)
    value.sub_(group["lr"] * change)


# What moves each parameter by itself.
UPDATES = {"sgd": sgd, "adamw": adamw, "lion": lion}
