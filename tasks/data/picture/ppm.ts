/**
 * PPM to RGB: the binary kind, P6, of 8 bits (Netpbm), which holds the bytes as they are. Comments
 * in the header are not read.
 */
import type { Format } from "./format.ts";

const HEADER = /^P6[ \t\n\v\f\r]+(\d{1,9})[ \t\n\v\f\r]+(\d{1,9})[ \t\n\v\f\r]+255[ \t\n\v\f\r]/;
const HEADER_BYTES = 64;

/** PPM files. */
export const PPM: Format = {
  name: "PPM",
  begins: (bytes) => /^P6[ \t\n\v\f\r]/.test(String.fromCharCode(...bytes.subarray(0, 3))),
  open: (bytes) => {
    const header = HEADER.exec(String.fromCharCode(...bytes.subarray(0, HEADER_BYTES)));
    if (header === null) throw new Error("no width, height and 255 behind P6");
    const [text, width, height] = [header[0], Number(header[1]), Number(header[2])];
    return {
      width,
      height,
      orientation: 1,
      memory: 3 * width * height,
      decode: () => {
        const pixels = bytes.slice(text.length, text.length + 3 * width * height);
        if (pixels.length === 3 * width * height) return pixels;
        throw new Error(`${pixels.length} bytes of pixels for ${width}x${height}`);
      },
    };
  },
};
