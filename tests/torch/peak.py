"""The most memory that a training step has at a time, of modules that are given: python peak.py FILE:IMAGES ..."""

import importlib.util
import json
import sys

import torch
import torch.nn.functional as F
from torch.profiler import ProfilerActivity, profile


def peak(path, count):
    spec = importlib.util.spec_from_file_location("model", path)
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    network = model.Network().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), 0.01, 0.9, nesterov=True, weight_decay=1e-4, foreach=False)
    images = torch.randn(count, 3, 32, 32).to(memory_format=torch.channels_last)

    def step():
        F.cross_entropy(network(images), torch.zeros(count, dtype=torch.long)).backward()
        optimizer.step()
        network.zero_grad(set_to_none=True)

    step()
    momentum = [value for state in optimizer.state.values() for value in state.values() if torch.is_tensor(value)]
    held = sum(tensor.nbytes for tensor in [images, *network.parameters(), *network.buffers(), *momentum])
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        step()
    live = most = 0
    events = [event for event in watched.profiler.kineto_results.events() if event.name() == "[memory]"]
    for event in sorted(events, key=lambda event: event.start_ns()):
        live += event.nbytes()
        most = max(most, live)
    return held + most


torch.set_num_threads(1)
print(json.dumps([peak(*(kind(part) for kind, part in zip((str, int), word.rsplit(":", 1)))) for word in sys.argv[1:]]))
