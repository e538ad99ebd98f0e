"""Settings from config.json and the command line, and what "auto" among them means on this machine."""

import argparse
import dataclasses
import json
import os
import re

import torch
from chosen import settings_of_optimizer, unwrapped, with_chosen
from cifar import cifar_in
from classes import BALANCED
from images import is_folder
from optimizer import FUSED
from processor import has_bfloat16
from regular import MOST_TEXT, content_of
from shards import is_shards
from tell import seen

# Whole numbers are exact up to this, as netfold has them.
EXACT = 2**53 - 1
FLAGS = {"yes": True, "no": False, "true": True, "false": False}


def setting(default, about, **rules):
    """A setting with its help, and what it may be: `choices`, from `least` to `most`, a `share` below 1, `shares`, numbers or `balanced`."""
    return dataclasses.field(default=default, metadata={"about": about, **rules})


def read_arguments(defaults, about, arguments):
    """The options that are no settings, netfold's configuration, and the settings."""
    first = argparse.ArgumentParser(add_help=False)
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "config.json")
    first.add_argument("--config", default=beside, help="netfold's configuration (default: the one beside this file)")
    config = config_in(first.parse_known_args(arguments)[0].config)
    meant = dataclasses.replace(defaults, **settings_of(config))
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter, parents=[first]
    )
    parser.add_argument("--resume", action="store_true", help="resume the run in --out")
    parser.add_argument("--weights", default="", help="the weights to begin with, a safetensors file of netfold's")
    parser.add_argument("--evaluate", default="", metavar="FILE", help="measure a weight file on the test images")
    parser.add_argument("--events", action="store_true", help="tell what happens as JSON, a line each")
    fields = [field for field in dataclasses.fields(defaults) if "about" in field.metadata]
    kinds = {int: whole, float: float, str: str, bool: flag, tuple: words}
    for field in fields:
        own = (kind for name, kind in (("shares", numbers), ("balanced", balanced)) if name in field.metadata)
        kind = next(own, kinds[field.type])
        parser.add_argument(f"--{spelt(field.name)}", type=kind, default=None, metavar="X", help=help_of(field, getattr(meant, field.name)))
    given = parser.parse_args(arguments)
    changes = {field.name: getattr(given, field.name) for field in fields if getattr(given, field.name) is not None}
    config, changes = combined(config, changes)
    # Epochs and steps both end a run; the one that is given decides alone.
    if "epochs" in changes:
        changes.setdefault("steps", 0)
    elif changes.get("steps", 0) > 0:
        changes["epochs"] = changes["steps"]
    settings = dataclasses.replace(defaults, own=own_of(config["recipe"]), **{**settings_of(config), **changes})
    return given, changed(config, changes, settings), settings


def config_in(path):
    """The configuration of a run in a file."""
    try:
        found = json.loads(content_of(path, MOST_TEXT))
    except OSError as error:
        raise SystemExit(f"error: {path} cannot be read: {error}") from None
    except ValueError as error:
        raise SystemExit(f"error: {path} is no JSON: {error}") from None
    config = found.get("config") if isinstance(found, dict) else None
    if not isinstance(config, dict) or not isinstance(config.get("recipe"), dict):
        raise SystemExit(f"error: {path} holds no configuration of netfold's; --config takes the config.json of a project or a run")
    return config


def combined(config, changes):
    """What options that change others come to: an optimiser, a rate for batches of another size, a schedule after a warm-up."""
    recipe, changes = with_chosen(config["recipe"], changes)
    images, share = changes.pop("rate_for", 0), changes.pop("warmup", 0)
    if not (images >= 0 and 0 <= share < 1):
        raise SystemExit("error: --rate-for takes a number of images, and --warmup a share from 0 to below 1")
    if images:
        changes["rate"] = changes.get("rate", recipe["rate"]) * changes.get("batch", recipe["batch"]) / images
    if share:
        then = changes.pop("schedule", recipe["schedule"])
        if then == "step" and "milestones" in changes:
            then = {"kind": "steps", "at": list(changes["milestones"]), "by": 0.1}
        recipe = {**recipe, "schedule": {"kind": "warmup", "share": share, "from": 0, "then": then}}
    return {**config, "recipe": recipe}, changes


def settings_of(config):
    """The settings that a netfold configuration asks for."""
    recipe = config["recipe"]
    given = {
        "data": re.sub(r"^folder:(.*?)(,(size|shorter)=.*)?$", r"\1", config["data"]),
        "epochs": recipe["epochs"],
        "batch": recipe["batch"],
        "rate": recipe["rate"],
        "schedule": recipe["schedule"] if isinstance(recipe["schedule"], str) else "own",
        **settings_of_optimizer(recipe["optimizer"]),
        "label_smoothing": recipe["labelSmoothing"],
        **augmentation_of(recipe["augment"]),
        "validation": recipe["validation"],
        "seed": recipe["seed"],
        **{name: recipe.get(RECIPE[name], none) for name, none in NONE.items()},
        **{name: tuple([weights] if isinstance(weights, str) else weights) for name, weights in weights_of(recipe)},
    }
    return {**given, **config.get("torch", {})}


FLIPS = {True: "yes", False: "no", "alternating": "alternating"}


def steps_of(augment):
    """The augmentations that one of netfold's does in order."""
    if augment == "none":
        return []
    return augment["options"]["steps"] if augment.get("name") == "in-order" else [augment]


def is_scale(augment):
    return augment.get("kind") == "scale" or augment.get("name") == "scale-shift"


def augmentation_of(augment):
    """The settings that an augmentation of netfold's asks for."""
    found = {"augment": False, "pad": 0, "flip": "no", "edge": "zeros", "cutout": 0}
    for step in steps_of(augment):
        own = step.get("options", step)
        if step.get("name") == "cutout":
            found["cutout"] = own["size"]
        elif "name" not in step or step["name"] in ("crop-flip", "scale-shift"):
            found.update(augment=True, pad=own.get("pad", 0), flip=FLIPS[own["flip"]], edge=own.get("edge", "zeros"))
        else:
            raise SystemExit(f"error: there is no augmentation {seen(step['name'])} here")
    return found


def augmentation_record(settings, before):
    """An augmentation of netfold's as settings have it, which say nothing of scale and colours."""
    scaled = next((step for step in steps_of(before) if is_scale(step)), None)
    flip = next(flip for flip, word in FLIPS.items() if word == settings.flip)
    edge = {} if settings.edge == "zeros" else {"edge": settings.edge}
    first = scaled or {"pad": settings.pad, "flip": flip, **edge}
    if settings.cutout == 0:
        return first if settings.augment else "none"
    square = {"name": "cutout", "options": {"size": settings.cutout}}
    if not settings.augment:
        return square
    options = {key: value for key, value in first.get("options", first).items() if key != "kind"}
    step = {"name": "scale-shift" if scaled else "crop-flip", "options": options}
    return {"name": "in-order", "options": {"steps": [step, square]}}


def own_of(recipe):
    """What a recipe has that no option says: schedules, optimisers and sizes as netfold has them."""
    recipe = {**recipe, "optimizer": unwrapped(recipe["optimizer"])[0]}
    return {name: recipe[name] for name in ("schedule", "optimizer", "sizes", "plateau") if not isinstance(recipe.get(name, ""), str)}


WEIGHTS = {"class_weights": "classWeights", "sampling": "sampling"}


def weights_of(recipe):
    return [(name, recipe.get(key, ())) for name, key in WEIGHTS.items()]


# What a recipe may leave out, and what it is then.
NONE = {"steps": 0, "limit": 0, "mixup": 0, "cutmix": 0, "accumulate": 1, "early_stopping": 0}
RECIPE = {
    **{name: name for name in ("epochs", "batch", "rate", "schedule", "validation", "seed", *NONE)},
    "label_smoothing": "labelSmoothing",
    "early_stopping": "earlyStopping",
}
AUGMENT = {"augment", "pad", "flip", "edge", "cutout"}


def changed(config, changes, settings):
    """The configuration with what options changed, so that the run's folder says how it was trained."""
    elsewhere = {*RECIPE, *AUGMENT, *WEIGHTS, "out"}
    beside = config.get("torch", {})
    beside = {**beside, **{name: value for name, value in changes.items() if name in beside or name not in elsewhere}}
    recipe = changed_recipe(config["recipe"], changes, settings)
    data = named_data(config, settings, "data" in changes)
    return {**config, "data": data, "recipe": recipe, **({"torch": beside} if beside else {})}


def changed_recipe(recipe, changes, settings):
    recipe = {
        **recipe,
        **{RECIPE[name]: value for name, value in changes.items() if name in RECIPE and value != "own"},
    }
    for name, key in WEIGHTS.items():
        if name in changes:
            recipe[key] = "balanced" if changes[name] == BALANCED else list(changes[name])
    none = {RECIPE[name]: value for name, value in NONE.items()}
    recipe = {name: value for name, value in recipe.items() if name not in none or value != none[name]}
    if changes.keys() & AUGMENT:
        recipe["augment"] = augmentation_record(settings, recipe["augment"])
    return recipe


def named_data(config, settings, is_given):
    """The data as netfold names it, so that it measures on what the run was trained on and on nothing else."""
    if is_shards(settings.data):
        return settings.data
    place = os.path.abspath(settings.data)
    if is_folder(settings.data):
        return f"folder:{place},size={config['input'][0]}"
    if not is_given or settings.data == "cifar10":
        return config["data"]
    own = None if os.path.exists(os.path.join(place, "manifest.json")) else cifar_in(place)
    return f"{own[0].name}:{own[1]}" if own else f"raw:{place}"


def decided(settings, team):
    """The settings with what is fastest on the device in the place of "auto"; what cannot be is refused."""
    for field in dataclasses.fields(settings):
        value, rules = getattr(settings, field.name), field.metadata
        if value is None:
            # It belongs to another optimiser.
            continue
        if "choices" in rules and value not in rules["choices"]:
            refuse(field.name, value, ", ".join(rules["choices"]))
        if "least" in rules and not rules["least"] <= value <= rules.get("most", EXACT):
            refuse(field.name, value, f"a number from {rules['least']} to {written(rules.get('most', EXACT))}")
        if "share" in rules and not 0 <= value < 1:
            refuse(field.name, value, "a number from 0 to below 1")
        if "shares" in rules and not all(0 <= share <= 1 for share in value):
            refuse(field.name, ",".join(map(str, value)), "numbers from 0 to 1")
    if settings.early_stopping and not settings.validation:
        raise SystemExit("error: --early-stopping looks at images that are held out; hold some out with --validation")
    if settings.batch % (team.world * settings.accumulate) != 0:
        raise SystemExit(
            f"error: a batch of {settings.batch} cannot be shared by {team.world} process{'es' if team.world > 1 else ''}"
            f" in {settings.accumulate} part{'s' if settings.accumulate > 1 else ''};"
            f" --batch is to be a multiple of {team.world * settings.accumulate}"
        )
    if settings.schedule == "own" and "schedule" not in settings.own:
        raise SystemExit("error: config.json has no schedule of its own; name one with --schedule")
    if settings.fused == "yes" and settings.optimizer not in FUSED:
        raise SystemExit(f"error: --fused is for {' and '.join(FUSED)}, which PyTorch has in one kernel; leave it out")
    if settings.fsdp and team.world == 1:
        raise SystemExit("error: --fsdp shards over processes, and there is one; use torchrun")
    cuda = team.device.type == "cuda"
    precision = settings.precision
    if precision == "auto":
        brief = torch.cuda.is_bf16_supported() if cuda else has_bfloat16()
        precision = "bfloat16" if brief else "float16" if cuda else "float32"
    # What starts kernels shares Python with threads; a processor has them decode, and train, on the same cores.
    kind = settings.worker_kind if settings.worker_kind != "auto" else "process" if cuda else "thread"
    fastest = {"channels_last": True, "compile": cuda, "fused": cuda and settings.optimizer in FUSED}
    flags = {name: {"yes": True, "no": False, "auto": auto}[getattr(settings, name)] for name, auto in fastest.items()}
    # What is computed twice is run by PyTorch as it stands.
    flags["compile"] = flags["compile"] and not settings.recompute
    return dataclasses.replace(settings, precision=precision, worker_kind=kind, **flags)


def refuse(name, value, wanted):
    raise SystemExit(f"error: --{spelt(name)} is {value}; use {wanted}")


def help_of(field, default):
    """What a setting is, as the list of options says it, and what it is in this project unless it is given."""
    choices = field.metadata.get("choices", ())
    about = f"{field.metadata['about']}: {', '.join(choices)}" if choices else field.metadata["about"]
    own = "" if default in ("", (), [], None) else f" (default: {written(default)})"
    return (about + own).replace("%", "%%")


def written(value):
    """A setting as an option takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list)):
        return ",".join(map(str, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def spelt(name):
    return name.replace("_", "-")


def flag(text):
    if text not in FLAGS:
        raise argparse.ArgumentTypeError(f"{text} is neither yes nor no")
    return FLAGS[text]


def words(text):
    """A list with commas between, or one of JSON, whose words may hold anything."""
    if text.startswith("["):
        try:
            return tuple(map(str, json.loads(text)))
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text} is no list of JSON's: {error}") from None
    return tuple(part for part in text.split(",") if part)


def whole(text):
    number = int(text)
    if abs(number) > EXACT:
        raise argparse.ArgumentTypeError(f"whole numbers are exact up to {EXACT}")
    return number


def numbers(text):
    try:
        return tuple(float(part) for part in words(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def balanced(text):
    return BALANCED if text == "balanced" else numbers(text)
