"""What the processor can do."""

BFLOAT16 = {"avx512_bf16", "amx_bf16", "bf16"}


def has_bfloat16():
    """Whether it multiplies bfloat16 by itself: x86's AVX-512 BF16 and AMX, ARM's BF16. Linux alone tells."""
    try:
        with open("/proc/cpuinfo") as file:
            return not BFLOAT16.isdisjoint(file.read().split())
    except OSError:
        return False
