// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `position.py`, edit `position.py` instead. */
const source: string = `"""Where a run stands: after its former end, after an epoch that was no better, at smaller images."""

import math


def taken_up(position, total):
    """Where a run stands that is longer than it was: within the epoch that its former end has cut short."""
    if "cut" not in position or position["step"] >= total:
        return position
    rest = {name: value for name, value in position.items() if name != "cut"}
    return {**rest, "epoch": position["epoch"] - 1, **position["cut"]}


def astray(step, total, steps_per_epoch):
    """That a checkpoint stands at no place of a run, and what helps."""
    if step > total:
        helps = f"ask for more: --epochs {step // steps_per_epoch + 1}, or a larger number"
    else:
        helps = "resume it with the data, the batch and the held out images that it was begun with, or begin another run with --out"
    return f"stands at step {step}, not within this run of {total} steps, {steps_per_epoch} in an epoch; {helps}"


def is_over(position, total, wait):
    """Whether all steps are done, or \`wait\` epochs were no better, and the epoch they ended in is closed."""
    is_stale = wait > 0 and "best" in position and position["epoch"] - position["best"]["epoch"] >= wait
    return position["batch"] == 0 and (position["step"] == total or is_stale)


def lowered_after(lowered, better, plateau):
    """How often the rate is lowered once another epoch has ended, better than all before it or not."""
    times, waited = (lowered["times"], lowered["waited"]) if lowered else (0, 0)
    if better:
        return {"times": times, "waited": 0}
    return {"times": times, "waited": waited + 1} if waited + 1 < plateau["epochs"] else {"times": times + 1, "waited": 0}


def parts_of(settings, total):
    """The sizes of a run's first parts, each with the step before which it ends."""
    return [(part["size"], math.floor(part["until"] * total + 0.5)) for part in settings.own.get("sizes", [])]
`;

export default source;
