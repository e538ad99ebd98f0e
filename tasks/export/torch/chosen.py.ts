// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `chosen.py`, edit `chosen.py` instead. */
const source: string = `"""The optimiser that config.json and options ask for, with netfold's own settings of each."""

import math

from optimizer import DEFAULTS

# The highest rate with an optimiser that takes the place of config.json's own, as \`deno task train\` has it.
RATES = {"sgd": 0.1, "adamw": 0.001, "lion": 1e-4, "muon": 0.02}
# What netfold calls what options say of an optimiser.
NAMES = {
    **{name: name for name in ("momentum", "nesterov", "beta1", "beta2", "epsilon", "decay")},
    **{"weight_decay": "weightDecay", "muon_iterations": "iterations", "muon_rescale": "rescale"},
}


def with_chosen(recipe, changes):
    """A recipe with the optimiser that options ask for, and the options that are left."""
    optimizer, around = unwrapped(recipe["optimizer"])
    kind = changes.get("optimizer", "own")
    if kind not in ("own", *DEFAULTS):
        # It is refused with all else that cannot be.
        return recipe, dict(changes)
    if kind not in ("own", optimizer["kind"]):
        optimizer = {"kind": kind, **DEFAULTS[kind]}
        recipe = {**recipe, "rate": RATES[kind]}
    given = {name: value for name, value in changes.items() if name in NAMES}
    for name in given:
        if NAMES[name] not in DEFAULTS.get(optimizer["kind"], {}):
            rules = [rule for rule, own in DEFAULTS.items() if NAMES[name] in own]
            raise SystemExit(
                f"error: --{name.replace('_', '-')} is a setting of {', '.join(rules)}, and the optimizer is"
                f" {optimizer['kind']}; leave it out, or choose another with --optimizer"
            )
    optimizer = {**optimizer, **{NAMES[name]: value for name, value in given.items()}}
    around.update({name: changes[name] for name in ("ema", "clip") if name in changes})
    left = {name: value for name, value in changes.items() if name not in ("optimizer", "ema", "clip", *NAMES)}
    return ({**recipe, "optimizer": wrapped(optimizer, **around)} if len(left) < len(changes) else recipe), left


def settings_of_optimizer(optimizer):
    """The settings that an optimiser of netfold's asks for; what belongs to others has none."""
    optimizer, around = unwrapped(optimizer)
    own = DEFAULTS.get(optimizer["kind"], {})
    values = {**own, **optimizer}
    kept = {name: values[key] for name, key in NAMES.items() if key in own}
    return {"optimizer": optimizer["kind"] if own else "own", **kept, **around}


def unwrapped(optimizer):
    """An optimiser, and what is around it: an average of the weights, the largest norm of the gradients."""
    around = {}
    while optimizer["kind"] in ("ema", "clip"):
        if optimizer["kind"] == "ema":
            around["ema"] = optimizer["keep"]
        else:
            around["clip"] = min(optimizer["norm"], around.get("clip", math.inf))
        optimizer = optimizer["of"]
    return optimizer, around


def wrapped(optimizer, ema=0.0, clip=0.0):
    """An optimiser with an average and a largest norm around it, where they are not 0."""
    if clip != 0:
        optimizer = {"kind": "clip", "norm": clip, "of": optimizer}
    return {"kind": "ema", "keep": ema, "of": optimizer} if ema != 0 else optimizer
`;

export default source;
