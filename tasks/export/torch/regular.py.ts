// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `regular.py`, edit `regular.py` instead. */
const source: string = `"""Ordinary files alone, up to a size: a pipe or a device may never end, and a sparse file can be larger than memory."""

import os
import stat

MEGABYTE = 2**20
MOST_IMAGE, MOST_DATA, MOST_TEXT = 512 * MEGABYTE, 2048 * MEGABYTE, 64 * MEGABYTE


def ordinary(path, flags):
    """Opens what is an ordinary file, for \`open\`; the opening of a pipe would wait."""
    file = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    raise OSError(f"{path} is a folder, a device or a pipe, and only an ordinary file can be opened")


def own(path, flags):
    """Opens a file of its folder alone, for \`open\`: no link, and no file that has other names too."""
    there = os.lstat(path) if os.path.lexists(path) else None
    if there is not None and (not stat.S_ISREG(there.st_mode) or there.st_nlink > 1):
        raise OSError(f"{path} is a link or no ordinary file of its own; remove it, or move it to another place")
    return ordinary(path, flags | getattr(os, "O_NOFOLLOW", 0))


def content_of(path, most):
    """The bytes of an ordinary file that has at most so many."""
    with open(path, "rb", opener=ordinary) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise OSError(f"{path} is of {size} bytes, and at most {most} are read")
        return file.read()
`;

export default source;
