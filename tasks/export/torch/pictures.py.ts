// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `pictures.py`, edit `pictures.py` instead. */
const source: string = `"""The picture in an image file, as netfold reads it, byte for byte: PNG, JPEG, WebP and binary PPM.

It is RGB of 8 bits as it is to be seen: grey is repeated, 16 bits are rounded, what is transparent
is laid over white, the orientation of a camera is applied; colour profiles and gamma are not. The
parts of a file that no pixel follows from never stop it from being read, damaged or not.
"""

import re
import struct

import torch
from jpeg import jpeg
from picture import bytes_of, opened, orientation, over_white, sized, turned
from png import png

PPM = re.compile(rb"P6[ \\t\\n\\v\\f\\r]+(\\d{1,9})[ \\t\\n\\v\\f\\r]+(\\d{1,9})[ \\t\\n\\v\\f\\r]+255[ \\t\\n\\v\\f\\r]")


def decode(content):
    """An image file's pixels, height x width x 3 bytes; a ValueError says why it has none."""
    for begins, read in READERS:
        if begins(content):
            try:
                return read(content)
            except (OSError, SyntaxError, struct.error) as error:  # Pillow's, and those of data that are cut short.
                raise ValueError(str(error)) from None
    raise ValueError("it is no PNG, JPEG, WebP or PPM picture")


def is_picture(content):
    """Whether a file begins as one that is read does."""
    return any(begins(content) for begins, _ in READERS)


def ppm(content):
    header = PPM.match(content[:64])
    if header is None:
        raise ValueError("it has no width, height and 255 behind P6")
    width, height = sized(int(header[1]), int(header[2]))
    pixels = content[header.end() : header.end() + 3 * width * height]
    if len(pixels) < 3 * width * height:
        raise ValueError(f"it has {len(pixels)} bytes of pixels for {width}x{height}")
    return torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(height, width, 3)


def webp(content):
    end = 8 + struct.unpack_from("<I", content, 4)[0]
    if end > len(content):
        raise ValueError("the file ends before its last part")
    at, chunks = 12, {}
    while at + 8 <= end:
        length = struct.unpack_from("<I", content, at + 4)[0]
        chunks.setdefault(content[at : at + 4], content[at + 8 : min(end, at + 8 + length)])
        at += 8 + length + length % 2
    if chunks.get(b"VP8X", b"\\0")[0] & 2:
        raise ValueError("it is an animation")
    lossy, lossless, kept = chunks.get(b"VP8 ", b""), chunks.get(b"VP8L", b""), [b"VP8L"]
    if len(lossy) >= 10 and lossy[3:6] == b"\\x9d\\x01\\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", lossy, 6))
        chunks[b"VP8X"] = struct.pack("<IHBHB", 16, width - 1 & 0xFFFF, 0, height - 1 & 0xFFFF, 0)
        kept = [b"VP8X", b"ALPH", b"VP8 "] if b"ALPH" in chunks else [b"VP8 "]
    elif len(lossless) >= 5 and lossless[0] == 0x2F:
        bits = struct.unpack_from("<I", lossless, 1)[0]
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        raise ValueError("it has no picture")
    sized(width, height)
    # Only what pixels follow from, so that no other chunk stops the file from being read.
    parts = [name + struct.pack("<I", len(chunks[name])) + chunks[name] + b"\\0" * (len(chunks[name]) % 2) for name in kept]
    file = b"WEBP" + b"".join(parts)
    values = bytes_of(opened(b"RIFF" + struct.pack("<I", len(file)) + file, "WEBP"))
    opacity = values[:, :, 3] if values.shape[2] == 4 else None
    return turned(over_white(values[:, :, :3], opacity, 255), orientation(chunks.get(b"EXIF", b"")))


READERS = (
    (lambda content: content[:8] == b"\\x89PNG\\r\\n\\x1a\\n", png),
    (lambda content: content[:3] == b"\\xff\\xd8\\xff", jpeg),
    (lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", webp),
    (lambda content: content[:2] == b"P6" and content[2:3] in (b" ", b"\\t", b"\\n", b"\\v", b"\\f", b"\\r"), ppm),
)
`;

export default source;
