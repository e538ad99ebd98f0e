"""PyTorch as a contender in the benchmark: a network's training step or inference.

    peer.py FOLDER step|inference contiguous|channels_last float32|bfloat16 BATCH THREADS [MODEL.py [compiled]]

FOLDER holds plan.json and start.safetensors: parameters, `images`, `targets`. The
network is the one of tests/torch/network.py, each layer the call that one would
write, or the module in MODEL.py. All is eager, on a GPU if there is one; bfloat16 is
autocast's. `compiled` is for GPUs alone.
Each line on standard input is a number of runs and is answered by the seconds
that they took; the first line of the output says who runs.
"""

import importlib.util
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

folder, work, layout, precision, batch, threads, *module = sys.argv[1:]
torch.set_num_threads(int(threads))
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
compiled = "compiled" in module
if compiled and device.type == "cpu":
    raise SystemExit("it is for GPUs, and there is none")

given = read(f"{folder}/start.safetensors")
plan = json.loads((Path(folder) / "plan.json").read_text())
images = given.pop("images").permute(0, 3, 1, 2).to(device).contiguous(memory_format=memory_format)
labels = given.pop("targets").argmax(1).to(device)


def placed(name: str, tensor: torch.Tensor) -> torch.Tensor:
    tensor = to_torch(name, tensor).clone().to(device)
    return tensor.contiguous(memory_format=memory_format) if tensor.dim() == 4 else tensor


tensors = {name: placed(name, tensor) for name, tensor in given.items()}
if module:
    spec = importlib.util.spec_from_file_location("model", module[0])
    model = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(model)
    network = model.Network()
    with torch.no_grad():
        for name, tensor in model.named_tensors(network).items():
            tensor.copy_(tensors[name])
    network = network.to(device).to(memory_format=memory_format).train(work == "step")
    trained = list(network.parameters())
    network = torch.compile(network) if compiled else network
else:
    network = Network(plan, tensors, training=work == "step")
    trained = [t for name, t in tensors.items() if not name.endswith((".mean", ".variance"))]
if work == "step":
    trained = [t.requires_grad_() for t in trained]
    optimizer = torch.optim.SGD(trained, 0.01, momentum=0.9, nesterov=True, weight_decay=1e-4, foreach=True)


def answered() -> torch.Tensor:
    with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bfloat16"):
        return network(images).float()


def step() -> None:
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(answered(), labels)
    loss.backward()
    optimizer.step()
    loss.item()


def answer() -> None:
    with torch.inference_mode():
        answered()
        if device.type == "cuda":
            torch.cuda.synchronize()


run = step if work == "step" else answer
autocast = "" if precision == "float32" else f", {precision} autocast"
print(f"PyTorch {torch.__version__} {layout}{autocast}", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    for _ in range(int(line)):
        run()
    print(time.perf_counter() - start, flush=True)
