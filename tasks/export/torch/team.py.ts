// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `team.py`, edit `team.py` instead. */
const source: string = `"""The processes that train together, started by torchrun or Ray, or the one."""

import os
import sys

import torch
import torch.distributed as dist


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
            dist.init_process_group("nccl" if self.device.type == "cuda" else "gloo")

    def total(self, numbers):
        """The sums of numbers over all processes."""
        sums = torch.as_tensor(numbers, dtype=torch.float64, device=self.device).clone()
        if self.world > 1:
            dist.all_reduce(sums)
        return sums.tolist()

    def agree(self, flag):
        """The largest flag of all processes."""
        if self.world == 1:
            return flag
        flags = torch.tensor([flag], device=self.device)
        dist.all_reduce(flags, op=dist.ReduceOp.MAX)
        return int(flags.item())

    def wait(self):
        """Until every process has come here."""
        if self.world > 1:
            dist.barrier()


def leave(code):
    """Ends this process at once: gloo's threads may still free tensors, which aborts a Python that is being shut down."""
    dist.destroy_process_group()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
`;

export default source;
