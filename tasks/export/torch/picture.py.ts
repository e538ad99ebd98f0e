// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `picture.py`, edit `picture.py` instead. */
const source: string = `"""What image files of every kind have in common: their size, their orientation, transparency, Pillow."""

import io
import struct

import torch

MOST_PIXELS = 100_000_000


def sized(width, height):
    if not 0 < width * height <= MOST_PIXELS:
        raise ValueError(f"it is of {width}x{height} pixels; 1 to {MOST_PIXELS} are read")
    return width, height


def opened(content, kind):
    """The file in Pillow, which decodes it later."""
    try:
        from PIL import Image
    except ImportError:
        raise SystemExit("error: JPEG, PNG and WebP files need Pillow: pip install pillow") from None
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    return Image.open(io.BytesIO(content), formats=[kind])


def bytes_of(image):
    channels = len(image.getbands())
    return torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).view(image.height, image.width, channels)


def over_white(values, opacity, largest):
    """Values from 0 to \`largest\` laid over white as far as they are not opaque, from 0 to 255."""
    out = values if largest == 255 else ((values.int() * 510 + largest) // (2 * largest)).to(torch.uint8)
    if opacity is None:
        return out
    clear = opacity < largest
    value, share = values[clear].long(), opacity[clear].long()[:, None]
    light = value * share + largest * (largest - share)
    out = out.clone()
    out[clear] = ((light * 510 + largest**2) // (2 * largest**2)).to(torch.uint8)
    return out


def orientation(exif):
    """The orientation in Exif data (tag 274), 1 to 8; 1 when there is none."""
    tiff = exif[6:] if exif[:6] == b"Exif\\0\\0" else exif
    order = {b"II*\\0": "<", b"MM\\0*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return 1
    (directory,) = struct.unpack_from(order + "I", tiff, 4)
    if directory + 2 > len(tiff):
        return 1
    (fields,) = struct.unpack_from(order + "H", tiff, directory)
    for at in range(directory + 2, directory + 2 + 12 * fields, 12):
        if at + 12 > len(tiff):
            return 1
        tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, at)
        if tag == 274:
            return value if kind == 3 and 1 <= value <= 8 else 1
    return 1


def turned(pixels, orientation):
    flipped = {2: (1,), 3: (0, 1), 4: (0,), 6: (0,), 7: (0, 1), 8: (1,)}.get(orientation, ())
    pixels = pixels.flip(flipped) if flipped else pixels
    return (pixels.transpose(0, 1) if orientation >= 5 else pixels).contiguous()
`;

export default source;
