"""The data that the settings name."""

import os

from data import RawData
from images import FolderData, is_folder
from shards import ShardData, is_shards


def open_data(settings, shape, device):
    """The data that the settings name: netfold's raw files, folders of images, or shards."""
    if is_shards(settings.data):
        return ShardData(settings, shape, device)
    if settings.images or settings.test_data:
        raise SystemExit("error: --images and --test-data are for shards, and --data names none")
    if is_folder(settings.data):
        return FolderData(settings, shape, device)
    if settings.data != "cifar10" and not os.path.isdir(settings.data):
        raise SystemExit(f"error: there are no images in {settings.data}; say where they are with --data")
    if settings.randaugment or settings.erasing:
        raise SystemExit("error: --randaugment and --erasing are for images from files; use --cutout for images in memory")
    return RawData(settings, shape, device)
