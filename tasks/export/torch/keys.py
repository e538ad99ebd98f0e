"""netfold's splittable generator: the same seed gives what it gives there."""

import torch

MASK = 0xFFFFFFFF
ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))


def threefry(key, first, second):
    """Threefry-2x32 of 20 rounds (Salmon et al., 2011), on numbers or on int64 tensors."""
    k0, k1 = key
    keys = (k0, k1, 0x1BD11BDA ^ k0 ^ k1)
    x0, x1 = (first + k0) & MASK, (second + k1) & MASK
    for turn in range(5):
        for by in ROTATIONS[turn % 2]:
            x0 = (x0 + x1) & MASK
            x1 = (((x1 << by) & MASK) | (x1 >> (32 - by))) ^ x0
        x0 = (x0 + keys[(turn + 1) % 3]) & MASK
        x1 = (x1 + keys[(turn + 2) % 3] + turn + 1) & MASK
    return x0, x1


def seed_key(seed):
    return threefry((0, 0), seed & MASK, (seed >> 32) & MASK)


def split(key, label):
    """A key of its own for each label, a name or a number."""
    if isinstance(label, int):
        return threefry(key, label & MASK, 0x80000000 | ((label >> 32) & 0x1FFFFF))
    key = threefry(key, len(label), 0x40000000)
    for place, letter in enumerate(label):
        key = threefry(key, ord(letter), place)
    return key


def permutation(key, count):
    """The numbers below `count` in a random order (Fisher and Yates' shuffle)."""
    a, b = threefry(key, torch.arange(count), torch.tensor(3))
    bits = (a * 2**21 + (b >> 11)).double() / 2**53
    chosen = (bits * torch.arange(1, count + 1)).floor().long().tolist()
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = chosen[i]
        order[i], order[j] = order[j], order[i]
    return torch.tensor(order, dtype=torch.int64)


def drawer(key, place):
    """Numbers in [0, 1) that follow from a key and a place."""
    turn = 0

    def draw():
        nonlocal turn
        turn += 1
        return threefry(key, place & MASK, turn)[0] / 2**32

    return draw
