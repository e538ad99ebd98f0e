"""Runs programs for the tests, each in processes of its own in which PyTorch is imported already.

So is what PyTorch imports when the first optimiser is made, which takes as long again.

A line on standard input is a request as JSON: `args` as the interpreter takes them (a script, `-c`
or `-m` with what it names, and arguments), `env` to be added, `cwd` or null, the files `stdout` and
`stderr`, and how many `processes` there are to be, which find each other as those of torchrun do.
It is answered by the first exit code that is not 0, below 0 that of a signal, else by 0.
"""

import gc
import json
import os
import runpy
import signal
import socket
import sys

import torch
import torch._dynamo
import torch.distributed


def become(request):
    """Makes this process the one that is asked for."""
    os.environ.update(request["env"])
    if request["cwd"] is not None:
        os.chdir(request["cwd"])
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    # The runtime has read how many threads it may start when it was loaded.
    if "OMP_NUM_THREADS" in request["env"]:
        torch.set_num_threads(int(request["env"]["OMP_NUM_THREADS"]))


def run(first, *rest):
    """Runs a program in the manner of the interpreter's command line."""
    if first == "-c":
        sys.argv, sys.path[0] = ["-c", *rest[1:]], ""
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
    elif first == "-m":
        sys.argv, sys.path[0] = list(rest), ""
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv, sys.path[0] = [first, *rest], os.path.dirname(os.path.abspath(first))
        runpy.run_path(first, run_name="__main__")


def team(size):
    """What torchrun tells each of several processes."""
    if size == 1:
        return [{}]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
    sizes = {"WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size)}
    return [{**place, **sizes, "RANK": str(rank), "LOCAL_RANK": str(rank)} for rank in range(size)]


def ended(children):
    """Waits for all; when one fails, the others are ended too."""
    failed = 0
    while children:
        child, status = os.wait()
        children.remove(child)
        code = os.waitstatus_to_exitcode(status)
        if code != 0 and failed == 0:
            failed = code
            for other in children:
                os.kill(other, signal.SIGTERM)
    return failed


# What no child changes need not be copied for it.
gc.collect()
gc.freeze()
for line in sys.stdin:
    request = json.loads(line)
    children = set()
    for place in team(request["processes"]):
        child = os.fork()
        if child == 0:
            break
        children.add(child)
    if child == 0:
        become({**request, "env": {**request["env"], **place}})
        run(*request["args"])
        break
    print(ended(children), flush=True)
