// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `views.py`, edit `views.py` instead. */
const source: string = `"""What a network sees of an image file.

Training images are cut out with a random area and aspect, mirrored, and lit as AlexNet's
were; test images are resized and cut out in the middle. Everything random follows from
the seed, the epoch and the image's place in it.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from augment import changed, erase
from data import as_map
from keys import drawer
from pictures import decode
from regular import MOST_IMAGE, content_of

MEAN, DEVIATION = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
# The principal directions of ImageNet's colours, each as long as its deviation.
LIGHT = torch.tensor([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
LIGHT = LIGHT * torch.tensor([0.2175, 0.0188, 0.0045])

def resized(pixels, size):
    return F.interpolate(pixels, size=size, mode="bilinear", antialias=True, align_corners=False)


def training_view(pixels, size, draw, varied=lambda image: image):
    """A random part of an image, 8 to 100 % of its area, as \`size\`, \`varied\`, in another light; \`draw\` gives numbers
    in [0, 1)."""
    height, width, _ = pixels.shape
    top, left, rows, columns = 0, 0, height, width
    for _ in range(10):
        area = height * width * (0.08 + 0.92 * draw())
        aspect = (3 / 4) * (16 / 9) ** draw()
        h, w = round((area / aspect) ** 0.5), round((area * aspect) ** 0.5)
        if 0 < h <= height and 0 < w <= width:
            top, left = int(draw() * (height - h + 1)), int(draw() * (width - w + 1))
            rows, columns = h, w
            break
    part = pixels[top : top + rows, left : left + columns].permute(2, 0, 1)[None].float() / 255
    view = resized(part, size)[0].clamp(0, 1)
    if draw() < 0.5:
        view = view.flip(2)
    view = varied(view)
    normal = torch.tensor([sum(draw() for _ in range(12)) - 6 for _ in range(3)])
    return view + (LIGHT @ (0.1 * normal))[:, None, None]


def test_view(pixels, size):
    """The middle of an image whose shorter side is 8/7 of what is cut out."""
    height, width, _ = pixels.shape
    factor = max(size[0] / height, size[1] / width) * 8 / 7
    whole = resized(
        pixels.permute(2, 0, 1)[None].float() / 255, (round(height * factor), round(width * factor))
    )[0]
    top, left = (whole.shape[1] - size[0]) // 2, (whole.shape[2] - size[1]) // 2
    return whole[:, top : top + size[0], left : left + size[1]].clamp(0, 1)


@dataclass(frozen=True)
class File:
    """An image that is still to be decoded: its name, its class, the key and the place from which its view is drawn,
    and its bytes, unless its name is where they are."""

    name: str
    label: int
    draw: tuple | None = None
    content: bytes | None = None


class Views:
    """What makes the views of files, in this process or in another."""

    def __init__(self, settings, shape):
        self.size, self.shape = tuple(shape[:2]), shape
        self.augment, self.cutout = settings.augment, settings.cutout
        self.operations, self.magnitude, self.erasing = settings.randaugment, settings.magnitude, settings.erasing
        self.normalize(MEAN, DEVIATION)

    @property
    def is_random(self):
        return self.augment or self.cutout > 0 or self.operations > 0 or self.erasing > 0

    def normalize(self, mean, deviation=None):
        self.mean = as_map(mean, self.shape).permute(2, 0, 1)
        self.deviation = 1.0 if deviation is None else as_map(deviation, self.shape).permute(2, 0, 1)

    def view(self, file):
        pixels = decode(content_of(file.name, MOST_IMAGE) if file.content is None else file.content)
        draw = file.draw and drawer(*file.draw)

        def varied(image):
            return changed(image, self.operations, self.magnitude, draw) if draw and self.operations else image

        if draw and self.augment:
            image = training_view(pixels, self.size, draw, varied)
        else:
            image = varied(test_view(pixels, self.size))
        image = (image - self.mean) / self.deviation
        if draw and self.cutout:
            top, left = (int(draw() * side) - self.cutout // 2 for side in self.size)
            image[:, max(0, top) : top + self.cutout, max(0, left) : left + self.cutout] = 0
        if draw and self.erasing and draw() < self.erasing:
            erase(image, draw)
        return image

    def room(self, count):
        """The place of so many views, and the bytes in which they lie."""
        content = bytearray(4 * math.prod((count, *self.shape)))
        images = torch.frombuffer(content, dtype=torch.float32) if content else torch.zeros(0)
        return images.view(count, self.shape[2], *self.size), content

    def several(self, files, images):
        """Puts the views of files in their place; gives for each file what is wrong with it, or None."""
        wrong = []
        for file, image in zip(files, images):
            try:
                image.copy_(self.view(file))
                wrong.append(None)
            except Exception as error:  # What a decoder raises depends on what is wrong with the file.
                wrong.append(str(error))
        return wrong
`;

export default source;
