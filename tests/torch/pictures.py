"""Writes picture files of many kinds into a folder, beside those that are there, and says how a project reads each.

Usage: pictures.py PROJECT FOLDER. Prints, as JSON, the name of each file with its width, height and
the SHA-256 of its pixels, or with what is wrong with it.
"""

import hashlib
import io
import json
import os
import random
import struct
import sys
import zlib

from PIL import Image

project, folder = sys.argv[1:]
sys.path.insert(0, project)
from pictures import decode  # noqa: E402

random.seed(5)
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def write(name, content):
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, depth, kind, interlace, extra=b""):
    """A PNG file of random samples under random filters."""
    raw = b""
    for x, y, across, down in ADAM7 if interlace else ((0, 0, 1, 1),):
        pixels, rows = -((x - width) // across), -((y - height) // down)
        for _ in range(rows if pixels > 0 else 0):
            raw += bytes([random.randrange(5)]) + random.randbytes((pixels * CHANNELS[kind] * depth + 7) // 8)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    palette = chunk(b"PLTE", random.randbytes(3 * 2**depth)) if kind == 3 else b""
    data = zlib.compress(raw)
    parts = chunk(b"IDAT", data[:9]) + chunk(b"IDAT", data[9:])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + extra + parts + chunk(b"IEND", b"")


def photograph(width, height, mode="RGB"):
    """Smooth colours with some noise."""
    channels = len(mode) if mode != "L" else 1
    small = Image.frombytes(mode, (3, 3), random.randbytes(9 * channels)).resize((width, height), Image.BICUBIC)
    noise = random.randbytes(width * height * channels)
    return Image.frombytes(mode, (width, height), bytes((3 * a + b) // 4 for a, b in zip(small.tobytes(), noise)))


def encoded(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def exif(value):
    found = Image.Exif()
    found[274] = value
    return found.tobytes()


DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
for kind, depths in DEPTHS.items():
    for depth in depths:
        for interlace in (0, 1):
            for width, height in ((13, 11), (1, 1), (3, 2), (40, 5)):
                name = f"{kind}_{depth}_{interlace}_{width}.png"
                write(name, png(width, height, depth, kind, interlace))
                # Of few samples some are those that stand for transparent.
                key = random.randbytes(2**depth // 2) if kind == 3 else bytes([0, 1] * CHANNELS[kind])
                write(f"clear_{name}", png(width, height, depth, kind, interlace, chunk(b"tRNS", key)))

for width, height in ((61, 47), (16, 16), (1, 1), (7, 33)):
    for progressive in (False, True):
        name = f"{width}_{progressive}.jpg"
        for sampling in ("4:4:4", "4:2:2", "4:2:0"):
            options = {"subsampling": sampling, "progressive": progressive}
            short = sampling.replace(":", "")
            write(f"{short}_{name}", encoded(photograph(width, height), "JPEG", **options))
            restarts = encoded(photograph(width, height), "JPEG", restart_marker_blocks=5, **options)
            write(f"restarts_{short}_{name}", restarts)
            inks = encoded(photograph(width, height, "CMYK"), "JPEG", **options)
            mark = inks.index(b"Adobe")
            write(f"cmyk_{short}_{name}", inks)
            write(f"unmarked_{short}_{name}", inks[: mark - 4] + inks[mark + 12 :])
            write(f"ycck_{short}_{name}", inks[: mark + 11] + b"\2" + inks[mark + 12 :])
        grey = photograph(width, height, "L")
        write(f"grey_{name}", encoded(grey, "JPEG", progressive=progressive, restart_marker_blocks=7))
        rgb = encoded(photograph(width, height), "JPEG", progressive=progressive, keep_rgb=True)
        write(f"rgb_{name}", rgb)
        write(f"film_{name}", rgb + b"\0\1ftypisom" + rgb[:-2])

for value in range(1, 10):
    image = photograph(9, 5)
    write(f"turned{value}.jpg", encoded(image, "JPEG", exif=exif(value)))
    write(f"turned{value}.png", encoded(image, "PNG", exif=exif(value)))
    write(f"turned{value}.webp", encoded(image, "WEBP", lossless=True, exif=exif(value)))
for width, height in ((61, 47), (1, 1), (16, 9)):
    for mode in ("RGB", "RGBA"):
        for lossless in (False, True):
            file = encoded(photograph(width, height, mode), "WEBP", lossless=lossless)
            write(f"{mode}_{width}_{lossless}.webp", file)
write("animated.webp", encoded(photograph(9, 5), "WEBP", save_all=True, append_images=[photograph(9, 5)]))
write("grey.ppm", b"P6 2 1 255\n" + bytes(range(6)))


def said(name):
    with open(os.path.join(folder, name), "rb") as file:
        content = file.read()
    try:
        pixels = decode(content)
    except ValueError as error:
        return {"error": str(error)}
    height, width, _ = pixels.shape
    return {"width": width, "height": height, "sha256": hashlib.sha256(pixels.numpy().tobytes()).hexdigest()}


print(json.dumps({name: said(name) for name in sorted(os.listdir(folder))}))
