"""Checkpoints in shards (PyTorch's DCP): each process writes what it holds while training goes on.

    python checkpoints.py run    makes last.safetensors of the newest, for netfold to read
"""

import io
import os
import pickle
import shutil
import sys
import warnings
from pathlib import PurePath

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from folder import Run
from regular import MOST_DATA, content_of
from state import whole
from torch.distributed.checkpoint.api import CheckpointException

# What DCP says of one process.
warnings.filterwarnings("ignore", "torch.distributed is disabled")


class Checkpoints:
    """A run's checkpoints in shards, each a numbered folder that has its name once all of it is written."""

    def __init__(self, run, team=None, writes=False):
        """With `writes`, of which all processes of a team must know, checkpoints can be begun."""
        self.run, self.leads = run, team is None or team.rank == 0
        self.folder = os.path.join(run.folder, "checkpoints")
        there = os.listdir(self.folder) if os.path.isdir(self.folder) else []
        self.number = max((int(name) for name in there if name.isdecimal()), default=0)
        # Processes meet here beside the steps, which meet elsewhere.
        self.group = dist.new_group(backend="gloo") if writes and team.world > 1 else None
        self.writing = None

    @property
    def newest(self):
        """The newest whole checkpoint, as `Run.load` takes it: what its folder says of the run, with no weights."""
        return os.path.join(self.folder, str(self.number), "run.safetensors")

    def begin(self, tensors, write):
        """Copies tensors as each process holds them, and has them written, once the checkpoint before is.

        `write` writes what a file says of the run, and tensors."""
        self.settle(wait=True)
        path = os.path.join(self.folder, f"{self.number + 1}.tmp")
        if self.leads:
            os.makedirs(self.folder, exist_ok=True)
            self.tidy()
            os.makedirs(path, exist_ok=True)
            write(os.path.join(path, "run.safetensors"), {})
        self.writing = dcp.async_save(tensors, checkpoint_id=path, process_group=self.group)

    def settle(self, wait=False):
        """Gives the checkpoint that is being written its name, once it is whole, and removes the one before."""
        if self.writing is None or not (wait or self.writing.done()):
            return
        try:
            self.writing.result()
        except CheckpointException as error:
            said = next(iter(error.failures.values()))[0]
            raise SystemExit(f"error: no checkpoint can be written into {self.folder}; is there room? ({said})") from None
        self.writing = None
        self.number += 1
        if self.leads:
            path = os.path.join(self.folder, str(self.number))
            os.rename(f"{path}.tmp", path)
            self.tidy()

    def tidy(self):
        """Removes all but the newest: those before it, and what a kill in the middle of a save has left."""
        for name in set(os.listdir(self.folder)) - {str(self.number)}:
            shutil.rmtree(os.path.join(self.folder, name))

    def clear(self):
        """Removes all of them: one of the whole run is newer."""
        self.settle(wait=True)
        if self.leads:
            shutil.rmtree(self.folder, ignore_errors=True)

    def read(self, tensors):
        """Fills tensors of the newest, in shards or not, in place; gives those that it holds.

        Only what an optimiser or an average keeps may be missing, where the recipe was changed."""
        place = os.path.dirname(self.newest)
        held = described(place)
        tensors = {name: tensor for name, tensor in tensors.items() if name in held or not name.startswith("@")}
        dcp.load(tensors, checkpoint_id=place)
        return tensors


class Described(pickle.Unpickler):
    """DCP's description of a checkpoint, a pickle that may hold PyTorch's own kinds of values and nothing else."""

    def find_class(self, module, name):
        kind = None if "." in name else getattr(sys.modules.get(module), name, None)
        if isinstance(kind, torch.dtype) or kind in (torch.Size, torch.serialization._get_layout):
            return kind
        if isinstance(kind, type) and (kind.__module__.startswith("torch.distributed.checkpoint.") or issubclass(kind, PurePath)):
            return kind
        raise pickle.UnpicklingError(f"it would run {module}.{name}")


def described(place):
    """The tensors of a checkpoint by name: their sizes and types."""
    path = os.path.join(place, ".metadata")
    try:
        return Described(io.BytesIO(content_of(path, MOST_DATA))).load().state_dict_metadata
    except (OSError, pickle.UnpicklingError) as error:
        raise SystemExit(f"error: {path} is no checkpoint of PyTorch's: {error}") from None


def gather(folder):
    """Makes a run's last.safetensors of its newest checkpoint in shards; gives the step at which it stands."""
    run = Run(folder, {}, True)
    run.hold()
    checkpoints = Checkpoints(run)
    if not os.path.exists(checkpoints.newest):
        raise SystemExit(f"error: there is no checkpoint in shards in {folder}")
    _, standing = run.load(checkpoints.newest)
    found = described(os.path.dirname(checkpoints.newest))
    tensors = checkpoints.read({name: torch.empty(it.size, dtype=it.properties.dtype) for name, it in found.items()})
    run.config = standing
    run.save(run.last, {name: whole(tensor) for name, tensor in tensors.items()}, standing)
    checkpoints.clear()
    run.release()
    return standing["position"]["step"]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    print(f"{sys.argv[1]}/last.safetensors stands at step {gather(sys.argv[1])}")
