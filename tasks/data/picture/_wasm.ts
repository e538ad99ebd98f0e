/**
 * Decoders in WebAssembly: what lies in their memory, and for how long. An instance is used again
 * until it failed, or a large picture has made its memory grow, which never shrinks.
 */

/** The memory of an instance and its allocator, as C programs have it. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  readonly malloc: (bytes: number) => number;
  readonly free: (address: number) => void;
}

/** Pixels in an instance's memory, at the beginning of what was allocated for them. */
export interface Decoded {
  readonly address: number;
  readonly pixels: Uint8Array;
}

const LARGE = 64 * 2 ** 20;

/** The bytes at an address. They are not there any more once the memory grows. */
export function bytesAt({ memory }: Heap, address: number, length: number): Uint8Array {
  // Addresses come as signed numbers.
  return new Uint8Array(memory.buffer, address >>> 0, length);
}

/** Allocates room for bytes. */
export function allocate(heap: Heap, bytes: number): number {
  const address = heap.malloc(bytes);
  if (address === 0) throw new Error(`the decoder has no memory for ${bytes} bytes`);
  return address;
}

/** Copies bytes into an instance's memory. */
export function put(heap: Heap, bytes: Uint8Array): number {
  const address = allocate(heap, bytes.length);
  bytesAt(heap, address, bytes.length).set(bytes);
  return address;
}

/** Runs work on instances of a decoder, one at a time. */
export function reusing<H extends Heap>(
  open: () => H,
): (work: (instance: H) => Decoded) => Uint8Array {
  let kept: H | undefined;
  return (work) => {
    const instance = kept ?? open();
    kept = undefined;
    const { address, pixels } = work(instance);
    // Many pixels stay where they are, and are all that is left of their instance.
    if (instance.memory.buffer.byteLength > LARGE) return pixels;
    const copy = pixels.slice();
    instance.free(address);
    kept = instance;
    return copy;
  };
}
