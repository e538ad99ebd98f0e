"""An emitted module beside a straightforward hand-written PyTorch version of the same network.

Usage: torch.py MODEL PLAN BATCH SECONDS, with a model.py of `deno task export` and the
plan as JSON. Prints images per second of both, forward and training step, in both memory
formats and, on a GPU, of the emitted module in bfloat16 and compiled beside eager float32.
The hand-written one is tests/torch/network.py.
"""

import importlib.util
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path = [path for path in sys.path if os.path.abspath(path or ".") != HERE]
sys.path.insert(0, os.path.join(HERE, "..", "torch"))

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from network import Network  # noqa: E402


class Peer(torch.nn.Module):
    """network.py as a module: every layer the torch.nn.functional call that a person would write."""

    def __init__(self, plan, tensors):
        super().__init__()
        self.plan, self.tensors = plan, {name: t.clone() for name, t in tensors.items()}
        learnt = [name for name in self.tensors if not name.endswith((".mean", ".variance"))]
        self.learnt = torch.nn.ParameterList([self.tensors[name] for name in learnt])
        self.tensors.update(zip(learnt, self.learnt))

    def forward(self, x):
        return Network(self.plan, self.tensors, self.training)(x)


def rate(work, batch, seconds, device):
    """Images per second: the best of three stretches after one that warms up."""
    best = 0.0
    for stretch in range(4):
        count, began = 0, time.monotonic()
        while time.monotonic() - began < seconds / 4:
            work()
            count += 1
        if device.type == "cuda":
            torch.cuda.synchronize()
        if stretch > 0:
            best = max(best, count * batch / (time.monotonic() - began))
    return best


def stepper(network, images, labels, half=False):
    optimizer = torch.optim.SGD(network.parameters(), 1e-3, 0.9, nesterov=True, weight_decay=1e-4)

    def step():
        with torch.autocast(images.device.type, torch.bfloat16, enabled=half):
            logits = network(images)
        F.cross_entropy(logits.float(), labels).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return step


def forward(network, images):
    def run():
        with torch.inference_mode():
            network(images)

    return run


def main(path, plan_path, batch, seconds):
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    spec = importlib.util.spec_from_file_location("model", path)
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    with open(plan_path) as file:
        plan = json.load(file)
    batch, seconds = int(batch), float(seconds)
    height, width, channels = plan["input"]
    told = {"device": torch.cuda.get_device_name() if device.type == "cuda" else f"cpu, {torch.get_num_threads()} threads"}
    emitted = model.Network().to(device)
    peer = Peer(plan, {name: t.detach() for name, t in emitted.state_dict().items()}).to(device)
    for name, layout in (("contiguous", torch.contiguous_format), ("channels last", torch.channels_last)):
        images = torch.randn(batch, channels, height, width, device=device).contiguous(memory_format=layout)
        labels = torch.randint(plan["output"][0], (batch,), device=device)
        for who, network in (("emitted", emitted.to(memory_format=layout)), ("peer", peer.to(memory_format=layout))):
            told[f"{who}, forward, {name}"] = rate(forward(network.eval(), images), batch, seconds, device)
            told[f"{who}, step, {name}"] = rate(stepper(network.train(), images, labels), batch, seconds, device)
    if device.type == "cuda":
        compiled = torch.compile(emitted.train())
        told["emitted, step, bfloat16, compiled"] = rate(stepper(compiled, images, labels, True), batch, seconds, device)
    for what in ("forward", "step"):
        mine, theirs = (max(v for k, v in told.items() if k.startswith(f"{who}, {what}")) for who in ("emitted", "peer"))
        told[f"ratio, {what}"] = mine / theirs
    print(json.dumps(told, indent=2))


main(*sys.argv[1:])
