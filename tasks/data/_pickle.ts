/**
 * Python's pickles as plain values: dictionaries, lists, numbers, text and NumPy's arrays of bytes
 * (https://docs.python.org/3/library/pickle.html). Nothing is executed: of what a pickle can name,
 * five functions that make arrays are known, and they are ours; any other name is an error.
 */
import { BufferReader, Parser } from "pickleparser";

/** Unsigned bytes in C's order, and their shape. */
export class ByteArray {
  shape: readonly number[] = [];
  bytes: Uint8Array = new Uint8Array();

  /** What NumPy keeps of an array: version, shape, type, whether columns come first, content. */
  __setstate__(state: readonly unknown[]): void {
    const [, shape, type, byColumns, content] = state;
    this.fill(content, type, { shape, isC: byColumns !== true });
  }

  fill(content: unknown, type: unknown, { shape, isC }: { shape: unknown; isC: boolean }): void {
    if (!(type instanceof Type) || !/^[|<>=]?(u1|B|uint8)$/.test(type.name)) {
      throw new Error("an array of other numbers than unsigned bytes");
    }
    if (!isC) throw new Error("an array with its columns first");
    if (!Array.isArray(shape) || !shape.every(Number.isSafeInteger)) throw new Error("no shape");
    this.shape = shape;
    this.bytes = bytesOf(content);
    if (shape.reduce((a, b) => a * b, 1) !== this.bytes.length) {
      throw new Error(`${this.bytes.length} bytes for an array of ${shape.join("x")}`);
    }
  }
}

/** The type of an array's numbers. */
class Type {
  constructor(readonly name: string) {}
  /** Byte order and the like, which bytes do not have. */
  __setstate__(): void {}
}

const array = (): ByteArray => new ByteArray();
const arrayOf = (content: unknown, type: unknown, shape: unknown, order: unknown): ByteArray => {
  const made = new ByteArray();
  made.fill(content, type, { shape, isC: order === "C" });
  return made;
};

/** What a pickle may name. */
const KNOWN: Readonly<Record<string, (...given: readonly unknown[]) => unknown>> = {
  "numpy.ndarray": array,
  "numpy.dtype": (name) => new Type(String(name)),
  "multiarray._reconstruct": array,
  "numeric._frombuffer": (...[content, type, shape, order]) => arrayOf(content, type, shape, order),
  "_codecs.encode": bytesOf,
};

/** Reads text without an encoding as its bytes, and never backwards. */
class PickleReader extends BufferReader {
  override skip(offset: number): void {
    if (offset < 0) throw new Error("a length below 0");
    super.skip(offset);
  }

  override string(size: number, encoding: "ascii" | "utf-8"): string {
    return encoding === "utf-8" ? super.string(size, encoding) : latin1(this.bytes(size));
  }
}

/**
 * The value of a pickle; dictionaries are maps.
 *
 * @throws {Error} When it is damaged, or holds anything else than plain values.
 */
export function unpickled(pickle: Uint8Array): unknown {
  const resolve = (module: string, name: string) => {
    const known = KNOWN[`${module.replace(/^numpy\._?core\./, "")}.${name}`];
    if (known === undefined) throw new Error(`the global ${module}.${name}`);
    return known;
  };
  const parser = new Parser({ unpicklingTypeOfDictionary: "Map", nameResolver: { resolve } });
  return parser.read<unknown>(new PickleReader(pickle));
}

/** Bytes, which pickles of Python 2 hold as text. */
function bytesOf(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  if (typeof content !== "string") throw new Error("an array without bytes");
  const bytes = new Uint8Array(content.length);
  for (let i = 0; i < content.length; i++) bytes[i] = content.charCodeAt(i);
  return bytes;
}

const CHUNK = 8192;

function latin1(bytes: Uint8Array | Int8Array | Uint8ClampedArray): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return text;
}
