// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `augment.py`, edit `augment.py` instead. */
const source: string = `"""RandAugment (Cubuk et al., 2020) and random erasing (Zhong et al., 2020) of images from files, from netfold's generator."""

import math

# A magnitude is a number from 0 to this, as torchvision has it.
MOST = 30


def affine(x, across=0, down=0, shear=(0.0, 0.0)):
    from torchvision.transforms.v2 import functional as images

    return images.affine(x, 0.0, [across, down], 1.0, [math.degrees(math.atan(slope)) for slope in shear])


# What is done to bytes of channels x height x width, by a share of the most, whose sign is drawn.
OPERATIONS = (
    lambda images, x, share: x,
    lambda images, x, share: affine(x, shear=(0.3 * share, 0.0)),
    lambda images, x, share: affine(x, shear=(0.0, 0.3 * share)),
    lambda images, x, share: affine(x, across=int(150 / 331 * x.shape[2] * share)),
    lambda images, x, share: affine(x, down=int(150 / 331 * x.shape[1] * share)),
    lambda images, x, share: images.rotate(x, 30 * share),
    lambda images, x, share: images.adjust_brightness(x, 1 + 0.9 * share),
    lambda images, x, share: images.adjust_saturation(x, 1 + 0.9 * share),
    lambda images, x, share: images.adjust_contrast(x, 1 + 0.9 * share),
    lambda images, x, share: images.adjust_sharpness(x, 1 + 0.9 * share),
    lambda images, x, share: images.posterize(x, 8 - round(4 * abs(share))),
    lambda images, x, share: images.solarize(x, 255 * (1 - abs(share))),
    lambda images, x, share: images.autocontrast(x),
    lambda images, x, share: images.equalize(x),
)


def check_torchvision():
    """Fails where there is no torchvision, which does RandAugment's operations."""
    try:
        import torchvision.transforms.v2  # noqa: F401
    except (ImportError, RuntimeError) as error:  # One that was built for another PyTorch fails while it registers itself.
        raise SystemExit(f"error: --randaugment needs torchvision, which cannot be imported: {error}") from None


def changed(image, count, magnitude, draw):
    """An image, numbers from 0 to 1, after a number of operations drawn at random."""
    from torchvision.transforms.v2 import functional as images

    x = (image * 255).round().byte()
    for _ in range(count):
        operation, sign = OPERATIONS[int(draw() * len(OPERATIONS))], 1 if draw() < 0.5 else -1
        x = operation(images, x, sign * magnitude / MOST)
    return x.float() / 255


def erase(image, draw):
    """Empties a rectangle of 2 to 33 % of an image."""
    height, width = image.shape[1:]
    for _ in range(10):
        area, aspect = height * width * (0.02 + 0.31 * draw()), 0.3 * (3.3 / 0.3) ** draw()
        rows, columns = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < rows < height and 0 < columns < width:
            top, left = int(draw() * (height - rows + 1)), int(draw() * (width - columns + 1))
            image[:, top : top + rows, left : left + columns] = 0
            return
`;

export default source;
