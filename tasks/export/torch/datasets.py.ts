// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `datasets.py`, edit `datasets.py` instead. */
const source: string = `"""The data that the settings name."""

import os

from data import RawData
from images import FolderData, is_folder
from shards import ShardData, is_shards


def check_sides(settings, shape):
    """Refuses what is larger than images, as netfold does: a square cut out of them, a mirrored border, the
    sizes of a run's first parts."""
    side = min(shape[:2])
    images = f"of images of {shape[0]}x{shape[1]}"
    if settings.cutout > side:
        raise SystemExit(
            f"error: the square that is left empty fits into an image: --cutout is {settings.cutout} pixels, {images};"
            f" give a smaller square: {-(-side // 2)} pixels are much already"
        )
    if settings.augment and settings.edge == "reflect" and settings.pad >= side:
        raise SystemExit(
            f"error: a mirrored border is narrower than an image: --pad is {settings.pad} pixels, {images};"
            f" give a narrower border, or --edge zeros"
        )
    for part in settings.own.get("sizes", []):
        if part["size"] > side:
            raise SystemExit(
                f"error: the images of the first parts of a run are smaller than its own: {part['size']} pixels in"
                f" config.json, {images}; give smaller sizes there, or leave them out"
            )


def open_data(settings, shape, device):
    """The data that the settings name: netfold's raw files, folders of images, or shards."""
    check_sides(settings, shape)
    if is_shards(settings.data):
        return ShardData(settings, shape, device)
    if settings.images or settings.test_data:
        raise SystemExit("error: --images and --test-data are for shards, and --data names none")
    if is_folder(settings.data):
        return FolderData(settings, shape, device)
    if settings.data != "cifar10" and not os.path.isdir(settings.data):
        raise SystemExit(f"error: there are no images in {settings.data}; say where they are with --data")
    return RawData(settings, shape, device)
`;

export default source;
