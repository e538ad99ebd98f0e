/** Floats of every type as float32, and what is no float by name. */
import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { decodeFloats } from "../../tasks/files/safetensors_floats.ts";
import { decodeSafetensors } from "../../tasks/files/safetensors.ts";
import { problemOf } from "./_problem.ts";

type Part = readonly [name: string, dtype: string, numbers: ArrayBufferView, shape?: number[]];

function fileOf(...parts: readonly Part[]): Uint8Array {
  let at = 0;
  const entries = parts.map(([name, dtype, { byteLength }, shape = [2]]) => {
    const start = at;
    at += byteLength;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [start, at] })}`;
  });
  const header = new TextEncoder().encode(`{${entries.join(",")}}`);
  const bytes = new Uint8Array(8 + header.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let place = 8 + header.length;
  for (const [, , { buffer, byteOffset, byteLength }] of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), place);
    place += byteLength;
  }
  return bytes;
}

const FLOATS: readonly Part[] = [
  ["d", "F64", Float64Array.of(1 / 3, -1e300)],
  ["s", "F32", Float32Array.of(0.1, NaN)],
  ["h", "F16", Float16Array.of(1.5, 65504)],
  // The upper halves of the float32 -2.5 and 2 ** 100.
  ["b", "BF16", Uint16Array.of(0xc020, 0x7180)],
];

Deno.test("decodeFloats() gives float32 of every type of float", () => {
  const { tensors, leftOut } = orThrow(decodeFloats(fileOf(...FLOATS), "a.safetensors"));
  const numbers = Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data]]));
  assertEquals(numbers, {
    d: [Math.fround(1 / 3), -Infinity],
    s: [Math.fround(0.1), NaN],
    h: [1.5, 65504],
    b: [-2.5, 2 ** 100],
  });
  assertEquals(leftOut, []);
});

Deno.test("decodeFloats() leaves whole numbers and truth values out, and names them", () => {
  const others: readonly Part[] = [
    ["n", "I64", BigInt64Array.of(1n, 2n)],
    ["u", "U8", Uint8Array.of(1, 2)],
    ["t", "BOOL", Uint8Array.of(1, 0)],
  ];
  const { tensors, leftOut } = orThrow(decodeFloats(fileOf(...others, ...FLOATS), "a"));
  assertEquals(leftOut, ["n", "u", "t"]);
  assertEquals([...tensors.keys()], ["d", "s", "h", "b"]);
  const { rule, got } = problemOf(decodeFloats(fileOf(["c", "C64", new Uint8Array(16)]), "a"));
  assertEquals([rule, got], ["every tensor must be of a known type", `"c" has dtype "C64"`]);
});

Deno.test("decodeFloats() sees whether the tensors lie as the format's own library sorts them", () => {
  const isSorted = (...names: readonly string[]): boolean => {
    const parts = names.map((name): Part => [name, "F32", new Float32Array(2)]);
    return orThrow(decodeFloats(fileOf(...parts), "a")).isSorted;
  };
  assertEquals([isSorted("a", "b", "b.1"), isSorted("b", "a")], [true, false]);
});

Deno.test("a name that stands twice in the header is refused", () => {
  const one = Float32Array.of(1, 2);
  for (const decode of [decodeFloats, decodeSafetensors]) {
    const twice = problemOf(decode(fileOf(["a", "F32", one], ["a", "F32", one]), "a.safetensors"));
    assertEquals([twice.rule, twice.got], ["the header must be JSON", `the field "a" twice`]);
    assertEquals(decode(fileOf(["a", "F32", one], ["b", "F32", one]), "a")._tag, "Right");
  }
});
