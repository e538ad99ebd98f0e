// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `schedule.py`, edit `schedule.py` instead. */
const source: string = `"""The rate of each step of a run."""

import math

MILESTONES = {"step": (0.4, 0.6), "step-imagenet": (200 / 530, 400 / 530, 500 / 530)}


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
`;

export default source;
