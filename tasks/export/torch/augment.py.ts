// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: the text of `augment.py`, edit `augment.py` instead. */
const source: string = `"""RandAugment (Cubuk et al., 2020) and random erasing (Zhong et al., 2020), from netfold's generator."""

import math

# A magnitude is a number from 0 to this, as torchvision has it.
MOST = 30


def affine(x, across=0, down=0, shear=(0.0, 0.0)):
    from torchvision.transforms.v2 import functional as images

    return images.affine(x, 0.0, [across, down], 1.0, [math.degrees(math.atan(slope)) for slope in shear])


# What is done to bytes of channels x height x width, of one image or many, by a share of the most, whose sign is drawn.
OPERATIONS = (
    lambda images, x, share: x,
    lambda images, x, share: affine(x, shear=(0.3 * share, 0.0)),
    lambda images, x, share: affine(x, shear=(0.0, 0.3 * share)),
    lambda images, x, share: affine(x, across=int(150 / 331 * x.shape[-1] * share)),
    lambda images, x, share: affine(x, down=int(150 / 331 * x.shape[-2] * share)),
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


def check_randaugment(settings, shape):
    """Fails where RandAugment is asked for and torchvision, which does its operations, is missing or cannot do them."""
    if not settings.randaugment:
        return
    try:
        import torchvision.transforms.v2  # noqa: F401
    except (ImportError, RuntimeError) as error:  # One that was built for another PyTorch fails while it registers itself.
        raise SystemExit(f"error: --randaugment needs torchvision, which cannot be imported: {error}") from None
    if shape[2] not in (1, 3):
        raise SystemExit(f"error: --randaugment is for grey and RGB images, and these have {shape[2]} channels")


def changed(image, count, magnitude, draw):
    """An image, numbers from 0 to 1, after a number of operations drawn at random."""
    from torchvision.transforms.v2 import functional as images

    x = (image * 255).round().byte()
    for _ in range(count):
        operation, sign = OPERATIONS[int(draw() * len(OPERATIONS))], 1 if draw() < 0.5 else -1
        x = operation(images, x, sign * magnitude / MOST)
    return x.float() / 255


def all_changed(x, count, magnitude, bits):
    """Images, bytes, each after operations of its own, which follow from the two numbers of 32 bits that \`bits\` gives
    for each image; those that have the same are changed together."""
    from torchvision.transforms.v2 import functional as images

    x = x.clone()
    for turn in range(count):
        which, sign = bits(turn)
        kinds = 2 * ((which * len(OPERATIONS)) >> 32) + (sign >> 31)
        for kind in kinds.unique().tolist():
            at = (kinds == kind).nonzero().flatten()
            x[at] = OPERATIONS[kind // 2](images, x[at], (1 - 2 * (kind % 2)) * magnitude / MOST)
    return x


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
