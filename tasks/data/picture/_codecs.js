// @ts-self-types="./_codecs.d.ts"
/**
 * The decoders that are compiled to WebAssembly: libjpeg-turbo and libwebp. They come with the
 * program as text, so that no permission is needed, and a page and Node have them too. What an
 * instance exports is not known to TypeScript, which is why this file is JavaScript.
 */
import jpeg from "./_jpeg_turbo.wasm.ts";
import webp from "./_webp.wasm.ts";

const modules = new Map();

// A module is compiled when it is used first.
const moduleOf = (base64) => {
  const known = modules.get(base64);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const module = new WebAssembly.Module(bytes);
  modules.set(base64, module);
  return module;
};

const refuse = () => {
  throw new Error("pixel data that cannot be decoded");
};
// What a decoder asks of a system that it does not have ends the decoding.
const system = {
  environ_get: refuse,
  environ_sizes_get: () => 0,
  fd_close: refuse,
  fd_seek: refuse,
  fd_write: refuse,
  proc_exit: refuse,
};

const latin1 = new TextDecoder("latin1");
const UNSAID = "No error\0";

// TurboJPEG keeps what it said last in a static text, and exports nothing that gives it; at first it says so.
export const openJpeg = () => {
  const longjmp = () => {
    throw new Error(complaint());
  };
  const imports = { env: { setjmp: () => 0, longjmp }, wasi_snapshot_preview1: system };
  const { exports } = new WebAssembly.Instance(moduleOf(jpeg), imports);
  const { memory } = exports;
  const place = latin1.decode(new Uint8Array(memory.buffer)).lastIndexOf(UNSAID);
  const complaint = () => {
    const [text = ""] = latin1.decode(new Uint8Array(memory.buffer, place, 200)).split("\0");
    return text;
  };
  return { ...exports, complaint };
};

export const openWebp = () =>
  new WebAssembly.Instance(moduleOf(webp), { wasi_snapshot_preview1: system }).exports;
