/** The kinds of pictures that are read, in words; it loads no decoder. */
export const PICTURE_KINDS = "PNG, JPEG, WebP or PPM";
