// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `team.py`, edit `team.py` instead. */
const source: string = `"""The processes that train together, started by torchrun or Ray, or the one."""

import os
import sys

import torch
import torch.distributed as dist
from torch.distributed.rendezvous import rendezvous

# What connects processes by the device that they have. What they ask each other goes past GPUs, which have other work.
BACKENDS = {"cpu": "gloo", "cuda": "cpu:gloo,cuda:nccl"}


class Team:
    """How many processes there are, which of them this one is, and the device that it has."""

    def __init__(self):
        self.world, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        local = int(os.environ.get("LOCAL_RANK", 0))
        if torch.cuda.is_available():
            self.device = torch.device("cuda", local)
            torch.cuda.set_device(self.device)
        else:
            self.device = torch.device("cpu")
        if self.world > 1 and not dist.is_initialized():
            store, rank, world = next(rendezvous("env://"))
            # torchrun may hand on the store of processes that died, with addresses at which nobody listens.
            store = dist.PrefixStore(os.environ.get("TORCHELASTIC_RESTART_COUNT", ""), store)
            dist.init_process_group(BACKENDS[self.device.type], store=store, rank=rank, world_size=world)

    def total(self, numbers):
        """The sums of numbers over all processes."""
        sums = torch.as_tensor(numbers, dtype=torch.float64, device=self.device).clone()
        if self.world > 1:
            dist.all_reduce(sums)
        return sums.tolist()

    def agree(self, flag):
        """The largest flag of all processes."""
        return self.ask(lambda: flag)()

    def ask(self, flag):
        """Begins to ask all processes for the largest of what \`flag\` gives; what comes back waits for the answer."""
        if self.world == 1:
            return flag
        flags = torch.tensor([flag()])
        asked = dist.all_reduce(flags, dist.ReduceOp.MAX, async_op=True)

        def answer():
            asked.wait()
            return int(flags.item())

        return answer

    def wait(self):
        """Until every process has come here."""
        if self.world > 1:
            dist.barrier()


class Stopped(Exception):
    """A pass over images was asked to stop."""


def leave(code):
    """Ends this process at once: gloo's threads may still free tensors, which aborts a Python that is being shut down."""
    dist.destroy_process_group()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
`;

export default source;
