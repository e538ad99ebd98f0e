"""Worker processes that decode: the views of threads, and what becomes of them: python workers.py PROJECT FOLDER"""

import gc
import json
import os
import signal
import subprocess
import sys
import time

project, folder = sys.argv[1:3]
sys.path.insert(0, project)

import torch  # noqa: E402
import train as script  # noqa: E402
from state import read_weights  # noqa: E402

torch.set_num_threads(1)
found = {}
SHORT = ("--data", f"{folder}/images", "--precision", "float32", "--batch", "16", "--seed", "3", "--classes", json.dumps([str(kind) for kind in range(10)]))
VARIED = ("--cutout", "4", "--erasing", "0.5", "--validation", "10")

for part, count in (("train", 5), ("test", 1)):
    for kind in range(10):
        os.makedirs(f"{folder}/images/{part}/{kind}")
        for i in range(count):
            with open(f"{folder}/images/{part}/{kind}/{i}.ppm", "wb") as file:
                file.write(b"P6 40 40 255\n" + bytes((x * 7 + kind * 20 + i * 3) % 256 for x in range(4800)))
# One that is named, and whose place another takes.
with open(f"{folder}/images/train/3/0.ppm", "wb") as file:
    file.write(b"P6 40 40 255\nhalf")


def opened(*options):
    settings = script.decided(script.read([*SHORT, *options])[2], script.Team())
    data = script.open_data(settings, [32, 32, 3], torch.device("cpu"))
    data.know(10, settings)
    return data


def batches(data, start=0, rank=0, world=1):
    return [pixels for pixels, _ in data.batches(1, start, 16, rank, world)]


def workers_of(parent=None):
    """The processes that decode, of a parent or of any."""
    own = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as line, open(f"/proc/{name}/stat") as stat:
                state, above = stat.read().rsplit(")", 1)[1].split()[:2]
                if f"{project}/workers.py".encode() in line.read() and state != "Z" and parent in (None, int(above)):
                    own.append(int(name))
        except OSError:
            continue
    return own


def gone(seconds=120):
    """Whether all of them end."""
    until = time.monotonic() + seconds
    while workers_of() and time.monotonic() < until:
        gc.collect()
        time.sleep(0.05)
    return not workers_of()


def same(one, other):
    a, b = (read_weights(f"{folder}/{name}/last.safetensors")[0] for name in (one, other))
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


threads = batches(opened(*VARIED, "--worker-kind", "thread", "--workers", "1"))
processes = ("--worker-kind", "process", "--workers", "2")
data = opened(*VARIED, *processes)
found["same"] = all(map(torch.equal, batches(data), threads))
found["from the middle"] = all(map(torch.equal, batches(data, start=1), threads[1:]))
halves = [batches(data, rank=rank, world=2) for rank in (0, 1)]
found["shares"] = all(torch.equal(torch.cat(parts), both) for *parts, both in zip(*halves, threads))
found["auto"] = opened().settings.worker_kind

# One that is killed is told.
os.kill(workers_of(os.getpid())[0], signal.SIGKILL)
try:
    for _ in data.batches(1, 0, 16, 0, 1):
        pass
except SystemExit as error:
    found["killed"] = str(error)
del data
found["gone"] = gone()


# Ctrl-C, which all of a terminal's group hear, and a SIGTERM to all processes, as Slurm sends it; threads resume what processes began.
words = [*SHORT, *VARIED, "--steps", "8", "--out", f"{folder}/stopped"]
begun = [sys.executable, f"{project}/train.py", *words, *processes[:2], "--workers", "1", "--events"]
run = subprocess.Popen(begun, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, process_group=0, text=True)
while "start" not in json.loads(run.stdout.readline()):
    pass
while not (decoding := workers_of(run.pid)):
    time.sleep(0.01)
os.kill(decoding[0], signal.SIGTERM)
os.killpg(run.pid, signal.SIGINT)
run.stdout.read()
found["stopped"] = [run.wait(), gone()]
# Whoever still has the data has none of its processes.
open_data, opened_data = script.open_data, []
script.open_data = lambda *of: opened_data.append(open_data(*of)) or opened_data[-1]
for words in ([*words, "--resume"], [*words[:-1], f"{folder}/whole", *processes]):
    given, config, settings = script.read(words)
    script.train(settings, config, lambda kind, what: None, given.resume)
found["resumed"] = same("stopped", "whole")
found["closed"] = [workers_of()]
script.evaluate(settings, config, f"{folder}/whole/best.safetensors")
found["closed"] += [workers_of(), [data.workers.kind for data in opened_data]]
print(json.dumps(found))
