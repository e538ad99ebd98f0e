/** Instances of the decoders that are compiled to WebAssembly, each with a memory of its own. */
import type { Heap } from "./_wasm.ts";

/** libjpeg-turbo's TurboJPEG interface; addresses are numbers. */
export interface TurboJpeg extends Heap {
  readonly tjInitDecompress: () => number;
  readonly tjDecompress2: (
    decoder: number,
    file: number,
    bytes: number,
    target: number,
    width: number,
    rowBytes: number,
    height: number,
    pixelFormat: number,
    flags: number,
  ) => number;
  readonly tjDestroy: (decoder: number) => number;
  /** What it said last: the first warning of a file, or why decoding ended. */
  readonly complaint: () => string;
}

/** libwebp's simple interface. */
export interface Webp extends Heap {
  readonly WebPDecodeRGBA: (file: number, bytes: number, width: number, height: number) => number;
}

/** A new decoder of JPEG. */
export declare const openJpeg: () => TurboJpeg;

/** A new decoder of WebP. */
export declare const openWebp: () => Webp;
