// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `processor.py`, edit `processor.py` instead. */
const source: string = `"""What the processor can do."""

import os

BFLOAT16 = {"avx512_bf16", "amx_bf16", "bf16"}


def has_bfloat16():
    """Whether it multiplies bfloat16 by itself: x86's AVX-512 BF16 and AMX, ARM's BF16. Linux alone tells."""
    try:
        with open("/proc/cpuinfo") as file:
            return not BFLOAT16.isdisjoint(file.read().split())
    except OSError:
        return False


def cores():
    """The cores for each of this machine's processes that train together, at most 16."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(16, own // int(os.environ.get("LOCAL_WORLD_SIZE", 1))))
`;

export default source;
