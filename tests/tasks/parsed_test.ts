import { assertEquals } from "@std/assert";
import * as v from "valibot";
import { parsed, record } from "../../tasks/parsed.ts";

const schema = record({
  epochs: v.pipe(v.number(), v.integer(), v.minValue(1, "train for at least one epoch")),
  engine: v.optional(v.picklist(["cpu", "webgpu"])),
  means: v.array(v.number()),
  inner: record({ seed: v.number() }),
});
const good = { epochs: 3, means: [0.5], inner: { seed: 1 } };

function faults(value: unknown): readonly (readonly string[])[] {
  const result = parsed(schema, value, { path: "config.json", layer: "file" });
  return result._tag === "Right"
    ? []
    : result.left.map(({ path, code, got, wanted, hint }) => [path, code, got, wanted, hint]);
}

Deno.test("parsed: a value that fits keeps its type", () => {
  const result = parsed(schema, good, { path: "config.json", layer: "file" });
  const epochs: number = result._tag === "Right" ? result.right.epochs : 0;
  assertEquals(epochs, 3);
});

Deno.test("parsed: a fault is a problem at its field, with what was found and wanted", () => {
  const at = (field: string) => `config.json: ${field}`;
  assertEquals(faults({ ...good, epochs: "3" }), [
    [at("epochs"), "wrong-type", '"3"', "a number", ""],
  ]);
  assertEquals(faults({ ...good, epochs: 0 }), [
    [at("epochs"), "invalid-value", "0", ">=1", "train for at least one epoch"],
  ]);
  assertEquals(faults({ ...good, engine: "gpu" }), [
    [at("engine"), "invalid-value", '"gpu"', '("cpu" | "webgpu")', ""],
  ]);
  assertEquals(faults({ ...good, means: [0, NaN] }), [
    [at("means.1"), "wrong-type", "NaN", "a number", ""],
  ]);
  assertEquals(faults({ ...good, inner: { seed: 1, sed: 2 } }), [
    [at("inner.sed"), "unknown-field", '"sed"', "no such field", 'did you mean "seed"?'],
  ]);
  assertEquals(faults({ ...good, inner: {} }), [
    [at("inner.seed"), "missing-field", "nothing", '"seed"', "the fields are seed"],
  ]);
});

Deno.test("parsed: whatever comes from outside, never an exception", () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  for (const value of [undefined, null, 3n, NaN, Symbol("x"), () => 1, loop, [], new Map()]) {
    assertEquals(faults(value).length > 0, true);
    assertEquals(faults({ ...good, inner: value }).length > 0, true);
  }
});

Deno.test("parsed: all faults at once, under one code where the reader has one", () => {
  const origin = { path: "", layer: "checkpoint", code: "incomplete-normalization" };
  const result = parsed(schema, { epochs: "3", means: 1 }, origin);
  assertEquals(result._tag === "Left" && result.left.map(({ path, code }) => [path, code]), [
    ["epochs", "incomplete-normalization"],
    ["means", "incomplete-normalization"],
    ["inner", "incomplete-normalization"],
  ]);
});
