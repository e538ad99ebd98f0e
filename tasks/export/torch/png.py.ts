// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `png.py`, edit `png.py` instead. */
const source: string = `"""PNG files: every depth and colour, interlaced or not, checked part by part before Pillow decodes them."""

import struct
import zlib

import torch
from picture import bytes_of, opened, orientation, over_white, sized, turned

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png_chunks(content):
    """The first chunk of each name and the parts of the pixels; damaged ancillary chunks are left out."""
    at, name, last, first, data = 8, b"", b"", {}, []
    while name != b"IEND":
        length = struct.unpack_from(">I", content, at)[0] if at + 8 <= len(content) else len(content)
        end = at + 8 + length
        if end + 4 > len(content):
            raise ValueError("the file ends before its chunk IEND")
        name = content[at + 4 : at + 8]
        critical = not name[0] & 32
        if not name.isalpha():
            raise ValueError(f"byte {at} begins no chunk")
        if critical and name not in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            raise ValueError(f"it has the critical chunk {name.decode()}, which is unknown")
        sound = zlib.crc32(content[at + 4 : end]) == struct.unpack_from(">I", content, end)[0]
        if critical and not sound:
            raise ValueError(f"the chunk {name.decode()} has a wrong checksum")
        if sound:
            if (name == b"IHDR") != (not first):
                raise ValueError("a file has one header, at its beginning")
            if name == b"IDAT" and data and last != name:
                raise ValueError("it has pixel data that lie apart")
            if name == b"IDAT":
                data.append(content[at + 8 : end])
            first.setdefault(name, content[at + 8 : end])
            last = name
        at = end + 4
    if not data:
        raise ValueError("it has no pixel data")
    return first, data


def check_inflated(data, needed):
    """Fails when pixel data are damaged, or are not of the bytes that the header needs."""
    if sum(map(len, data)) * 1032 < needed:
        raise ValueError("it has too few pixel data")
    inflater, got, most = zlib.decompressobj(), 0, 1 << 20
    try:
        for part in data:
            piece = inflater.decompress(part, most)
            while piece:
                got += len(piece)
                if got > needed:
                    raise ValueError("it has more pixel data than its size needs")
                piece = inflater.decompress(inflater.unconsumed_tail, most)
    except zlib.error as error:
        raise ValueError(f"it has damaged pixel data: {error}") from None
    if not inflater.eof or got < needed:
        raise ValueError("it has too few pixel data")


def png(content):
    first, data = png_chunks(content)
    if len(first[b"IHDR"]) != 13:
        raise ValueError("it has a header of a wrong length")
    width, height, depth, kind, *others, interlace = struct.unpack(">IIBBBBB", first[b"IHDR"])
    if depth not in DEPTHS.get(kind, ()) or any(others) or interlace > 1:
        raise ValueError("it has a header with unknown values")
    sized(width, height)
    needed = 0
    for x, y, across, down in ADAM7 if interlace else ((0, 0, 1, 1),):
        pixels, rows = -((x - width) // across), -((y - height) // down)
        if pixels > 0 and rows > 0:
            needed += rows * (1 + (pixels * CHANNELS[kind] * depth + 7) // 8)
    check_inflated(data, needed)
    values = png_samples(first, b"".join(data), (width, height, depth, kind, interlace))
    largest, clear = 2**depth - 1, first.get(b"tRNS", b"")
    if kind == 3:
        picture = png_palette(values[:, :, 0], first.get(b"PLTE"), clear)
    else:
        colours = 1 if kind in (0, 4) else 3
        opacity = None
        if CHANNELS[kind] > colours:
            values, opacity = values[:, :, :colours], values[:, :, colours]
        elif len(clear) >= 2 * colours:
            key = torch.tensor([value & largest for value in struct.unpack_from(f">{colours}H", clear)])
            key = key if depth > 8 else key * (255 // largest)
            opacity = torch.where((values == key).all(2), 0, max(largest, 255))
        picture = over_white(values, opacity, max(largest, 255)).expand(height, width, 3)
    return turned(picture, orientation(first.get(b"eXIf", b"")))


def png_samples(first, data, header):
    """The samples that a file stores, height x width x channels; grey of 1, 2 and 4 bits as of 8."""
    width, height, depth, kind, interlace = header
    # Pillow keeps the upper byte of two, but takes them for two channels of 8 bits.
    pair = depth == 16 and kind in (0, 4)
    stored = (8, {0: 4, 4: 6}[kind]) if pair else (depth, kind)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, *stored, 0, 0, interlace))]
    chunks += [(b"PLTE", first.get(b"PLTE", b""))] if kind == 3 else []
    file = b"\\x89PNG\\r\\n\\x1a\\n"
    for name, part in (*chunks, (b"IDAT", data), (b"IEND", b"")):
        file += struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
    if depth < 16:
        image = opened(file, "PNG")
        return bytes_of(image.convert("L") if image.mode == "1" and kind == 0 else image)
    if pair:
        both = bytes_of(opened(file, "PNG")).int()
        return both[:, :, 0::2] * 256 + both[:, :, 1::2]
    return png_half(file, "B") * 256 + png_half(file, "L")


def png_half(file, order):
    """The upper bytes (B) or the lower bytes (L) of colours of 16 bits."""
    image = opened(file, "PNG")
    mode = f"{image.mode};16{order}"
    image.tile = [tile._replace(args=mode) if hasattr(tile, "_replace") else (*tile[:3], mode) for tile in image.tile]
    return bytes_of(image).int()


def png_palette(places, palette, clear):
    if palette is None:
        raise ValueError("it has no palette")
    count = len(palette) // 3
    if int(places.max()) >= count:
        raise ValueError(f"its palette has no colour {int(places.max())}")
    colours = torch.frombuffer(bytearray(palette[: 3 * count]), dtype=torch.uint8).view(count, 3)
    opacity = torch.tensor([clear[i] if i < len(clear) else 255 for i in range(count)])
    return over_white(colours, opacity, 255)[places.long()]
`;

export default source;
