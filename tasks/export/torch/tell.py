"""What a run tells whoever watches it."""

import json
import os


def seen(text):
    """Text with what would steer a terminal escaped: names of files may hold anything."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in str(text))


def arithmetic(what):
    """How fast a run computes, as far as it is known."""
    rate = f", {what['teraflops']:.2g} TFLOP/s" if "teraflops" in what else ""
    return rate + (f", {what['utilization']:.0%} of the peak" if "utilization" in what else "")


def teller(events):
    """Tells what happens: lines of JSON for a program, or text for a person; only the first process speaks."""
    if int(os.environ.get("RANK", 0)) != 0:
        return lambda kind, what: None

    def tell(kind, what):
        if events:
            print(json.dumps({kind: what}), flush=True)
        elif kind == "start":
            print(f"{what['engine']}: {what['images']} images, step {what['step']} of {what['steps']}", flush=True)
        elif kind == "epoch":
            held = f"; held out {what['validationAccuracy']:.2%}" if "validationAccuracy" in what else ""
            print(
                f"epoch {what['epoch']}  loss {what['trainLoss']:.3f}, {what['trainAccuracy']:.2%}{held};"
                f" {what['imagesPerSecond']:.0f} images/s{arithmetic(what)}",
                flush=True,
            )
        elif kind == "test":
            print(f"test accuracy {what['top1']:.2%} of {what['images']} images, top-5 {what['top5']:.2%}", flush=True)

    return tell
