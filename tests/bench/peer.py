"""PyTorch as a contender in the benchmark: a network's training step or inference, eager, on the processor.

    peer.py FOLDER step|inference contiguous|channels_last BATCH THREADS

FOLDER holds plan.json and start.safetensors: parameters, `images`, `targets`.
Each line on standard input is a number of runs and is answered by the seconds
that they took; the first line of the output says who runs.
"""

import json
import sys
import time
from pathlib import Path

# Modules are those beside the tests, not those of this folder.
sys.path[0] = str(Path(__file__).parents[1] / "torch")

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from network import Network, to_torch  # noqa: E402
from tensor_file import read  # noqa: E402

folder, work, layout, batch, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format

given = read(f"{folder}/start.safetensors")
plan = json.loads((Path(folder) / "plan.json").read_text())
images = given.pop("images").permute(0, 3, 1, 2).contiguous(memory_format=memory_format)
labels = given.pop("targets").argmax(1)


def placed(name: str, tensor: torch.Tensor) -> torch.Tensor:
    tensor = to_torch(name, tensor).clone()
    return tensor.contiguous(memory_format=memory_format) if tensor.dim() == 4 else tensor


tensors = {name: placed(name, tensor) for name, tensor in given.items()}
network = Network(plan, tensors, training=work == "step")
if work == "step":
    trained = [t.requires_grad_() for name, t in tensors.items() if not name.endswith((".mean", ".variance"))]
    optimizer = torch.optim.SGD(trained, 0.01, momentum=0.9, nesterov=True, weight_decay=1e-4, foreach=True)


def step() -> None:
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(network(images), labels)
    loss.backward()
    optimizer.step()
    loss.item()


def answer() -> None:
    with torch.inference_mode():
        network(images)


run = step if work == "step" else answer
print(f"PyTorch {torch.__version__} {layout}", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        run()
    print(time.perf_counter() - start, flush=True)
