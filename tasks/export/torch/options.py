"""Settings from config.json and the command line, and what "auto" among them means on this machine."""

import argparse
import dataclasses
import json
import os
import re

import torch
from images import is_folder
from shards import is_shards

CHOICES = {
    "schedule": ("constant", "step", "step-imagenet", "cosine", "one-cycle"),
    "optimizer": ("sgd", "adamw"),
    "decay": ("all", "kernels"),
    "precision": ("auto", "float32", "bfloat16", "float16", "float64"),
    "channels_last": ("auto", "yes", "no"),
    "compile": ("auto", "yes", "no"),
    "fused": ("auto", "yes", "no"),
}
LEAST = {
    **dict.fromkeys(("epochs", "batch", "accumulate", "workers", "shuffle"), 1),
    **dict.fromkeys(("steps", "rate", "weight_decay", "pad", "images", "validation", "limit", "mixup", "save_every"), 0),
}
SHARES = ("momentum", "beta1", "beta2", "label_smoothing", "ema")
FLAGS = {"yes": True, "no": False, "true": True, "false": False}


def read_arguments(defaults, about, arguments):
    """The options that are no settings, netfold's configuration, and the settings."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "config.json")
    parser.add_argument("--config", default=beside, help="netfold's configuration")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    parser.add_argument("--weights", default="", help="the weights to begin with, a safetensors file of netfold's")
    parser.add_argument("--evaluate", default="", metavar="FILE", help="measure a weight file on the test images")
    parser.add_argument("--events", action="store_true", help="tell what happens as JSON, a line each")
    fields = dataclasses.fields(defaults)
    kinds = {int: int, float: float, str: str, bool: flag, tuple: words}
    for field in fields:
        kind = numbers if field.name == "milestones" else kinds[field.type]
        parser.add_argument(f"--{spelt(field.name)}", type=kind, default=None)
    given = parser.parse_args(arguments)
    with open(given.config) as file:
        config = json.load(file)["config"]
    changes = {field.name: getattr(given, field.name) for field in fields if getattr(given, field.name) is not None}
    # Epochs and steps both end a run; the one that is given decides alone.
    if "epochs" in changes:
        changes.setdefault("steps", 0)
    elif changes.get("steps"):
        changes["epochs"] = changes["steps"]
    settings = dataclasses.replace(defaults, **{**settings_of(config), **changes})
    return given, changed(config, changes, settings), settings


def settings_of(config):
    """The settings that a netfold configuration asks for."""
    recipe, optimizer = config["recipe"], config["recipe"]["optimizer"]
    augment = recipe["augment"]
    given = {
        "data": re.sub(r"^folder:(.*?)(,(size|shorter)=.*)?$", r"\1", config["data"]),
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
        "pad": 0 if augment == "none" else augment.get("pad", 0),
        "flip": augment != "none" and augment["flip"],
        "validation": recipe["validation"],
        "limit": recipe.get("limit", 0),
        "seed": recipe["seed"],
    }
    kept = ("momentum", "nesterov", "beta1", "beta2", "epsilon")
    given.update({name: optimizer[name] for name in kept if name in optimizer})
    return {**given, **config.get("torch", {})}


RECIPE = {
    **{name: name for name in ("epochs", "steps", "batch", "rate", "schedule", "validation", "limit", "seed")},
    "label_smoothing": "labelSmoothing",
}
OPTIMIZER = {
    **{name: name for name in ("momentum", "nesterov", "beta1", "beta2", "epsilon", "decay")},
    "weight_decay": "weightDecay",
}


def changed(config, changes, settings):
    """The configuration with what options changed, so that the run's folder says how it was trained."""
    recipe, beside = dict(config["recipe"]), dict(config.get("torch", {}))
    optimizer = dict(recipe["optimizer"])
    if changes.get("optimizer", optimizer["kind"]) != optimizer["kind"]:
        optimizer = {"kind": settings.optimizer, "weightDecay": settings.weight_decay}
    for name, value in changes.items():
        if name in RECIPE:
            recipe[RECIPE[name]] = value
        elif name in OPTIMIZER:
            optimizer[OPTIMIZER[name]] = value
        elif name not in ("optimizer", "augment", "pad", "flip", "out"):
            beside[name] = value
        if name in beside:
            beside[name] = value
    if is_folder(settings.data):
        config = {**config, "data": f"folder:{os.path.abspath(settings.data)},size={config['input'][0]}"}
    elif is_shards(settings.data):
        config = {**config, "data": settings.data}
    recipe["optimizer"] = optimizer
    if "steps" in recipe and recipe["steps"] == 0:
        del recipe["steps"]
    if not settings.augment:
        recipe["augment"] = "none"
    elif changes.keys() & {"augment", "pad", "flip"} and "kind" not in recipe["augment"]:
        recipe["augment"] = {"pad": settings.pad, "flip": settings.flip}
    return {**config, "recipe": recipe, **({"torch": beside} if beside else {})}


def decided(settings, team):
    """The settings with what is fastest on the device in the place of "auto"; what cannot be is refused."""
    for name, choices in CHOICES.items():
        if getattr(settings, name) not in choices:
            raise SystemExit(f"error: --{spelt(name)} is {getattr(settings, name)}; use {', '.join(choices)}")
    for name, least in LEAST.items():
        if not getattr(settings, name) >= least:
            raise SystemExit(f"error: --{spelt(name)} is {getattr(settings, name)}; use a number from {least} on")
    for name in SHARES:
        if not 0 <= getattr(settings, name) < 1:
            raise SystemExit(f"error: --{spelt(name)} is {getattr(settings, name)}; use a number from 0 to below 1")
    if settings.batch % (team.world * settings.accumulate) != 0:
        raise SystemExit(
            f"error: a batch of {settings.batch} cannot be shared by {team.world} processes"
            f" in {settings.accumulate} parts; use a multiple of {team.world * settings.accumulate}"
        )
    if settings.fsdp and team.world == 1:
        raise SystemExit("error: --fsdp shards over processes, and there is one; use torchrun")
    cuda = team.device.type == "cuda"
    precision = settings.precision
    if precision == "auto":
        half = "bfloat16" if cuda and torch.cuda.is_bf16_supported() else "float16"
        precision = half if cuda else "float32"
    yes = {"yes": True, "no": False, "auto": cuda}
    flags = {name: yes[getattr(settings, name)] for name in ("channels_last", "compile", "fused")}
    return dataclasses.replace(settings, precision=precision, **flags)


def spelt(name):
    return name.replace("_", "-")


def flag(text):
    if text not in FLAGS:
        raise argparse.ArgumentTypeError(f"{text} is neither yes nor no")
    return FLAGS[text]


def words(text):
    return tuple(part for part in text.split(",") if part)


def numbers(text):
    return tuple(float(part) for part in words(text))
