// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `muon.py`, edit `muon.py` instead. */
const source: string = `"""Muon (Jordan et al., 2024): kernels move by their momentum, made orthogonal."""

import math

import torch
import torch.distributed as dist
from sharded import is_sharded

TINY = 1e-7
NEWTON_SCHULZ = (3.4445, -4.775, 2.0315)


def direction(gradient, buffer, group):
    """The momentum with a gradient in it, or the gradient once more with it before that (Nesterov)."""
    buffer.mul_(group["momentum"]).add_(gradient)
    return gradient + group["momentum"] * buffer if group["nesterov"] else buffer


def muon(parts):
    """Moves kernels, all at once: their shards meet."""
    sharded = any(is_sharded(part.parameter) for part in parts)
    found = ((direction(part.gradient, part.kept["momentum_buffer"], part.group).flatten(1), part) for part in parts)
    turned = orthogonal_shards(list(found)) if sharded else (orthogonal(matrix, part.group["iterations"]) for matrix, part in found)
    rescaled(parts, sharded)
    for part, update in zip(parts, turned):
        group, (outputs, *rest) = part.group, part.parameter.shape
        if not group["rescale"]:
            update = update * math.sqrt(max(1, outputs / math.prod(rest)))
        part.value.sub_(group["lr"] * (update.reshape(part.value.shape) + group["weightDecay"] * part.value))


def rescaled(parts, sharded):
    """Brings kernels whose group asks for it to the norm sqrt(outputs)."""
    parts = [part for part in parts if part.group["rescale"]]
    if not parts:
        return
    squares = torch.stack([part.value.square().sum() for part in parts])
    if sharded:
        dist.all_reduce(squares)
    for part, length in zip(parts, squares.sqrt()):
        part.value.mul_(math.sqrt(part.parameter.shape[0]) / (length + TINY))


def orthogonal(matrix, iterations):
    """Brings every singular value of a matrix close to 1."""
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + TINY)
    for _ in range(iterations):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


def orthogonal_shards(found):
    """What \`orthogonal\` makes of matrices of which each process has some rows: those rows of it.

    Each matrix is brought together in one process, and the matrices are shared out among them."""
    world, rank = dist.get_world_size(), dist.get_rank()
    rows = [rows_of(part.parameter.shape[0], world) for _, part in found]
    owners = shared_out([cost(part.parameter.shape) for _, part in found], world)
    of = [[place for place, owner in enumerate(owners) if owner == process] for process in range(world)]
    mine, like = of[rank], found[0][0]

    def shapes(places, process):
        return [(rows[place][process], found[place][0].shape[1]) for place in places]

    pieces = [[found[place][0] for place in places] for places in of]
    met = exchanged(pieces, [shapes(mine, process) for process in range(world)], like)
    turned = [
        orthogonal(torch.cat(parts), found[place][1].group["iterations"]).split(rows[place])
        for place, parts in zip(mine, zip(*met))
    ]
    back = [[matrix[process] for matrix in turned] for process in range(world)]
    met = exchanged(back, [shapes(places, rank) for places in of], like)
    updates = {place: update for places, updates in zip(of, met) for place, update in zip(places, updates)}
    return [updates[place] for place in range(len(found))]


def rows_of(count, world):
    """How many of a tensor's rows each process has, as PyTorch shares them out."""
    most = -(-count // world)
    return [max(0, min(most, count - process * most)) for process in range(world)]


def cost(shape):
    """What it takes to make a kernel orthogonal, up to a factor."""
    outputs, rest = shape[0], math.prod(shape[1:])
    return min(outputs, rest) ** 2 * max(outputs, rest)


def shared_out(costs, world):
    """The process of each piece of work: the dearest first, each to whoever has the least to do."""
    owners, loads = [0] * len(costs), [0] * world
    for place in sorted(range(len(costs)), key=lambda place: -costs[place]):
        owners[place] = loads.index(min(loads))
        loads[owners[place]] += costs[place]
    return owners


def exchanged(given, shapes, like):
    """What each process has for this one, matrices of these shapes, of what this one has for each of them."""
    sizes = [[math.prod(shape) for shape in expected] for expected in shapes]
    sent = [sum(matrix.numel() for matrix in matrices) for matrices in given]
    flat = torch.cat([like.new_empty(0), *(matrix.reshape(-1) for matrices in given for matrix in matrices)])
    found = flat.new_empty(sum(map(sum, sizes)))
    dist.all_to_all_single(found, flat, list(map(sum, sizes)), sent)
    return [
        [part.view(shape) for part, shape in zip(place.split(size), expected)]
        for place, size, expected in zip(found.split(list(map(sum, sizes))), sizes, shapes)
    ]
`;

export default source;
