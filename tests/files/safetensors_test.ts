import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { orThrow } from "../../dsl/problem/throw.ts";
import { decodeSafetensors, encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { decodeFloats } from "../../tasks/files/safetensors_floats.ts";
import { problemOf } from "./_problem.ts";

const PATH = "run/last.safetensors";

/** A file with any header and `data` bytes of data, as another tool may write it. */
function fileOf(header: string, data = 0): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function entry(shape: readonly number[], start: number, end: number): unknown {
  return { dtype: "F32", shape, data_offsets: [start, end] };
}

/** The rules that a file breaks. */
function rulesOf(bytes: Uint8Array): readonly string[] {
  const result = decodeSafetensors(bytes, PATH);
  if (result._tag === "Right") return [];
  for (const { path, layer } of result.left) {
    assertEquals([path, layer], [PATH, "checkpoint"]);
  }
  return result.left.map(({ rule }) => rule);
}

const tensor = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }).chain(
  (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return fc.float32Array({ minLength: size, maxLength: size }).map((
      data,
    ) => ({
      shape,
      data,
    }));
  },
);
const name = fc.string({ unit: "grapheme", maxLength: 12 })
  .filter((text) => text !== "__metadata__");
const tensorsOf = fc.uniqueArray(fc.tuple(name, tensor), {
  selector: ([key]) => key,
  maxLength: 6,
}).map((entries) => new Map(entries));
const metadataOf = fc.dictionary(fc.string(), fc.string(), { maxKeys: 4 });

const SMALL = encodeSafetensors(
  new Map([
    ["conv1.kernel", {
      shape: [1, 1, 2, 3],
      data: new Float32Array([1, 2, 3, 4, 5, 6]),
    }],
    ["conv1.bias", { shape: [3], data: new Float32Array([0.5, -0.5, NaN]) }],
  ]),
  { epoch: "12", net: "attention-56" },
);

Deno.test("decodeSafetensors() gives back what encodeSafetensors() was given", () => {
  fc.assert(fc.property(tensorsOf, metadataOf, (tensors, metadata) => {
    const file = orThrow(
      decodeSafetensors(encodeSafetensors(tensors, metadata), PATH),
    );
    assertEquals(new Map(file.tensors), tensors);
    assertEquals(
      new Map(Object.entries(file.metadata)),
      new Map(Object.entries(metadata)),
    );
  }));
});

Deno.test("encodeSafetensors() gives the same bytes whatever the order of the tensors", () => {
  fc.assert(fc.property(tensorsOf, (tensors) => {
    const reversed = new Map([...tensors].reverse());
    assertEquals(
      encodeSafetensors(reversed, {}),
      encodeSafetensors(tensors, {}),
    );
  }));
});

Deno.test("encodeSafetensors() pads the header with spaces to a multiple of eight bytes", () => {
  const length = Number(new DataView(SMALL.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(SMALL.subarray(8, 8 + length));
  assertEquals(length % 8, 0);
  assertEquals(header.trimEnd().at(-1), "}");
  assertEquals(SMALL.length, 8 + length + 4 * 9);
});

Deno.test("decodeSafetensors() finds a flipped bit wherever it is", () => {
  for (let at = 0; at < SMALL.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = SMALL.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      assert(rulesOf(damaged).length > 0, `bit ${bit} of byte ${at}`);
    }
  }
});

Deno.test("decodeSafetensors() finds that a file was cut, wherever it was cut", () => {
  for (let length = 0; length < SMALL.length; length++) {
    assert(
      rulesOf(SMALL.slice(0, length)).length > 0,
      `cut to ${length} bytes`,
    );
  }
  assertEquals(rulesOf(SMALL.slice(0, -1)), [
    "the file must hold all the data its header speaks of",
  ]);
});

Deno.test("decodeSafetensors() names the checksums when the content was changed", () => {
  const damaged = SMALL.slice();
  damaged[SMALL.length - 1] = 1;
  assertEquals(rulesOf(damaged), ["the content must match its checksum"]);
});

Deno.test("decodeSafetensors() never throws on bytes of any kind", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.json(), (bytes, json) => {
      decodeSafetensors(bytes, PATH);
      decodeSafetensors(fileOf(json, 8), PATH);
      decodeSafetensors(fileOf(`{"a":${json}}`, 8), PATH);
    }),
  );
});

/** Written by the Rust library of the format's authors (safetensors 0.8.0). */
const REFERENCE = [
  "oAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJhLmJpYXMiOnsiZH",
  "R5cGUiOiJGMzIiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNldHMiOlswLDhdfSwiei5rZXJu",
  "ZWwiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzEsMiwzXSwiZGF0YV9vZmZzZXRzIjpbOC",
  "wzMl19fSAgICAgAADAPwAAAMAAAMA/AAAAwAAAUEAAAAAAAACgQAAAwEA=",
].join("");

Deno.test("decodeSafetensors() reads a file of the reference implementation", () => {
  const bytes = Uint8Array.from(atob(REFERENCE), (char) => char.charCodeAt(0));
  const { tensors, metadata } = orThrow(decodeSafetensors(bytes, PATH));
  assertEquals([...tensors], [
    ["a.bias", { shape: [2], data: new Float32Array([1.5, -2]) }],
    ["z.kernel", { shape: [1, 2, 3], data: new Float32Array([1.5, -2, 3.25, 0, 5, 6]) }],
  ]);
  assertEquals(metadata, { format: "pt" });
});

Deno.test("decodeSafetensors() reads data that does not start at a multiple of four bytes", () => {
  const header = JSON.stringify({ a: entry([1], 0, 4) });
  const shifted = [0, 1, 2, 3].map((pad) => fileOf(header + " ".repeat(pad), 4));
  for (const bytes of shifted) {
    bytes.set([0, 0, 128, 63], bytes.length - 4);
    assertEquals(
      orThrow(decodeSafetensors(bytes, PATH)).tensors.get("a")?.data[0],
      1,
    );
  }
});

Deno.test("decodeSafetensors() accepts an empty tensor beside another", () => {
  const header = JSON.stringify({
    a: entry([1], 0, 4),
    b: entry([0, 2], 0, 0),
  });
  assertEquals(rulesOf(fileOf(header, 4)), []);
});

Deno.test("decodeSafetensors() says what is wrong with each kind of broken file", () => {
  const huge = new Uint8Array(16);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);
  const long = new Uint8Array(16);
  new DataView(long.buffer).setBigUint64(0, 9n, true);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [new Uint8Array(7), "the file must start with the length of its header"],
    [huge, "the header must have a sensible length"],
    [long, "the file must hold its whole header"],
    [fileOf("{"), "the header must be JSON"],
    [fileOf("[]"), "the header must be a JSON object"],
    [fileOf(`{"__metadata__":{"a":1}}`), "the metadata must be text by name"],
    [fileOf(`{"__metadata__":[]}`), "the metadata must be text by name"],
    [
      fileOf(`{"a":{}}`),
      "every tensor must have a dtype, a shape and two data offsets",
    ],
    [
      fileOf(JSON.stringify({ a: entry([1], 4, 0) }), 4),
      "every tensor must have a dtype, a shape and two data offsets",
    ],
    [
      fileOf(JSON.stringify({ a: entry([-1], 0, 4) }), 4),
      "every tensor must have a dtype, a shape and two data offsets",
    ],
    [
      fileOf(`{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}`, 4),
      "every tensor must be of a known type",
    ],
    [
      fileOf(JSON.stringify({ a: entry([2], 0, 4) }), 4),
      "every tensor must have four bytes for each element",
    ],
    [
      fileOf(JSON.stringify({ a: entry([2 ** 40, 2 ** 40], 0, 4) }), 4),
      "every tensor must have four bytes for each element",
    ],
    [
      fileOf(JSON.stringify({ a: entry([2], 0, 8), b: entry([1], 4, 8) }), 8),
      "tensors must not overlap",
    ],
    [
      fileOf(JSON.stringify({ a: entry([1], 0, 4), b: entry([1], 8, 12) }), 12),
      "tensors must follow each other without holes",
    ],
    [
      fileOf(JSON.stringify({ a: entry([2 ** 40], 0, 2 ** 42) }), 4),
      "the file must hold all the data its header speaks of",
    ],
    [
      fileOf(JSON.stringify({ a: entry([1], 0, 4) }), 5),
      "the file must end with its last tensor",
    ],
  ];
  for (const [bytes, rule] of cases) assertEquals(rulesOf(bytes), [rule]);
});

Deno.test("decodeFloats() leaves out whole numbers, which decodeSafetensors() refuses", () => {
  const counter = { dtype: "I64", shape: [], data_offsets: [4, 12] };
  const bytes = fileOf(JSON.stringify({ a: entry([1], 0, 4), b: counter }), 12);
  const { tensors, leftOut } = orThrow(decodeFloats(bytes, PATH));
  assertEquals(tensors, new Map([["a", { shape: [1], data: Float32Array.of(0) }]]));
  assertEquals(leftOut, ["b"]);
  assertEquals(rulesOf(bytes), ["every tensor must be of a known type"]);
  const short = fileOf(JSON.stringify({ b: { ...counter, data_offsets: [0, 4] } }), 4);
  const { rule } = problemOf(decodeFloats(short, PATH));
  assertEquals(rule, "every tensor must have eight bytes for each element");
});

Deno.test("decodeSafetensors() reports a rule once when many tensors break it", () => {
  const half = { dtype: "BF16", shape: [2], data_offsets: [0, 4] };
  const bytes = fileOf(JSON.stringify({ a: half, b: half, c: half }), 4);
  const { got } = problemOf(decodeSafetensors(bytes, PATH));
  assertEquals(got, `"a" has dtype "BF16", and 2 more tensors`);
});

Deno.test("encodeSafetensors() refuses numbers that do not fill the shape, and reserved names", () => {
  const one = { shape: [1], data: new Float32Array(1) };
  assertThrows(
    () => encodeSafetensors(new Map([["a", { ...one, shape: [2] }]]), {}),
    TypeError,
  );
  assertThrows(
    () => encodeSafetensors(new Map([["__metadata__", one]]), {}),
    TypeError,
  );
  assertThrows(
    () => encodeSafetensors(new Map(), { "netfold.sha256": "" }),
    TypeError,
  );
});
