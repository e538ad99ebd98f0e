// @ts-self-types="./_codecs.d.ts"
/**
 * The decoders that are compiled to WebAssembly: libjpeg-turbo and libwebp. They come with the
 * program, so that no permission is needed. TypeScript does not parse an import of a module's
 * source, which is why this file is JavaScript.
 */
import source jpeg from "npm:@cwasm/jpeg-turbo@0.1.3/jpeg-turbo.wasm";
import source webp from "npm:@cwasm/webp@0.1.5/webp.wasm";

// What a decoder asks of a system that it does not have ends the decoding.
const refuse = () => {
  throw new Error("pixel data that cannot be decoded");
};
const system = {
  environ_get: refuse,
  environ_sizes_get: () => 0,
  fd_close: refuse,
  fd_seek: refuse,
  fd_write: refuse,
  proc_exit: refuse,
};
const jumps = { setjmp: () => 0, longjmp: refuse };

const instance = (module) =>
  new WebAssembly.Instance(module, { env: jumps, wasi_snapshot_preview1: system }).exports;

export const openJpeg = () => instance(jpeg);
export const openWebp = () => instance(webp);
