// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `jpeg.py`, edit `jpeg.py` instead. */
const source: string = `"""JPEG files: baseline and progressive, up to their end, of which Pillow decodes what pixels follow from."""

import re
import struct

from picture import bytes_of, opened, orientation, sized, turned

# Each scan may go over the whole picture.
MOST_SCANS = 100


def jpeg_segments(content):
    """The file without what says nothing of its pixels, its frame header, its orientation, its bytes of pixels."""
    at, kept, frame, turn, scanned, scans = 2, [content[:2]], None, None, 0, 0
    while at + 2 <= len(content):
        marker = content[at + 1]
        if content[at] != 0xFF or marker in (0, 0xFF):
            # What belongs to no segment is passed over, and so are the fill bytes before a marker.
            at = content.find(b"\\xff", at + 1)
            if at < 0:
                break
            continue
        at += 2
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            continue
        if marker == 0xD8:
            raise ValueError("it has a second start of image")
        if marker == 0xD9:
            if frame is None or scans == 0:
                raise ValueError("it has no frame header or no pixel data")
            return b"".join([*kept, b"\\xff\\xd9"]), frame, turn or 1, scanned
        length = struct.unpack_from(">H", content, at)[0] if at + 2 <= len(content) else 2
        if length < 2:
            raise ValueError(f"it has a segment of {length} bytes")
        segment, at = content[at + 2 : at + length], at + length
        if at > len(content):
            break
        begin, end = at - length - 2, at
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if frame is not None:
                raise ValueError("it has a second frame header")
            frame = jpeg_frame(marker, segment)
        elif marker == 0xE1 and segment[:6] == b"Exif\\0\\0":
            turn = turn or orientation(segment)
        elif marker == 0xDA:
            scans += 1
            if frame is None:
                raise ValueError("it has pixel data before the frame header")
            if scans > MOST_SCANS:
                raise ValueError(f"it has more than {MOST_SCANS} scans")
            found = re.compile(rb"\\xff[^\\x00\\xff\\xd0-\\xd7]", re.DOTALL).search(content, at)
            end = found.start() if found else len(content)
            scanned, at = scanned + end - at, end
        if not (0xE1 <= marker <= 0xEF or marker == 0xFE) or marker == 0xEE:
            kept.append(content[begin:end])
    raise ValueError("the file ends before its end-of-image marker")


def jpeg_frame(marker, segment):
    """Width, height, and the sampling factors of each component."""
    if len(segment) < 6 or len(segment) != 6 + 3 * segment[5]:
        raise ValueError("it has a frame header of a wrong length")
    bits, height, width, count = struct.unpack_from(">BHHB", segment)
    if marker > 0xC2 or bits != 8 or count not in (1, 3, 4):
        raise ValueError("it is no baseline or progressive JPEG of 8 bits, grey or of 3 or 4 components")
    return width, height, [(segment[i] >> 4, segment[i] & 15) for i in range(7, len(segment), 3)]


def jpeg(content):
    file, (width, height, factors), turn, scanned = jpeg_segments(content)
    sized(width, height)
    across, down = (8 * max(1, *(factor[side] for factor in factors), 1) for side in (0, 1))
    if scanned * 8 < -(-width // across) * -(-height // down):
        raise ValueError("it has too few pixel data")
    return turned(bytes_of(opened(file, "JPEG").convert("RGB")), turn)
`;

export default source;
