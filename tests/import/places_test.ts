/** Which tensor belongs where: names, else the order of the layers, else a question. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { chain, fork, orThrow, plan, renderProblems, type Result } from "../../mod.ts";
import { batchNorm, conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { weightsFrom } from "../../tasks/import/weights.ts";

const convolution = chain(conv(2, { kernel: 3, padding: 1, bias: true }), relu());
const SIX = chain(
  ...Array.from({ length: 6 }, () => convolution),
  globalAveragePool(),
  dense(3),
);
const planned = orThrow(plan(SIX, [4, 4, 2]));

function filled(shape: readonly number[], value: number): HostTensor {
  return { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value) };
}

/** Six convolutions of equal shapes and a tail, each filled with its number. */
function stateDict(names: readonly string[], tail: string): Tensors {
  return new Map(
    [
      ...names.map((name, i) => [name, [2, 2, 3, 3], [2], i] as const),
      [tail, [3, 2], [3], 6] as const,
    ].flatMap(([name, weight, bias, value]) => [
      [`${name}.weight`, filled(weight, value)] as const,
      [`${name}.bias`, filled(bias, value)] as const,
    ]),
  );
}

/** The tensors' numbers in the order of the network's layers, or what is wrong. */
function placed(result: Result<Tensors>): readonly number[] | string {
  if (result._tag === "Left") return renderProblems(result.left);
  return [...result.right]
    .filter(([name]) => name.endsWith(".bias"))
    .map(([, { data }]) => data[0] ?? NaN);
}

const IN_ORDER = [0, 1, 2, 3, 4, 5, 6];
const TWO = ["a.0", "a.2", "a.4", "b.0", "b.2", "b.5"];

Deno.test("modules of equal shapes go by the order of the file, whatever their names", () => {
  const swapped = ["z.0", "z.2", "z.4", "b.0", "b.2", "b.5"];
  for (const names of [TWO, swapped, ["0.0", "0.1", "0.2", "1.0", "1.1", "2"]]) {
    assertEquals(placed(weightsFrom(stateDict(names, "fc"), planned, "a.pth")), IN_ORDER);
  }
});

Deno.test("where the order of the file says nothing, two ways are refused and both shown", () => {
  const sorted = placed(
    weightsFrom(stateDict(TWO, "fc"), planned, "a.safetensors", { isOrdered: false }),
  );
  assert(typeof sorted === "string");
  assertStringIncludes(sorted, "the order of the layers must be known");
  assertStringIncludes(sorted, "a.0, a.2, a.4, b.0, b.2, b.5, fc, or b.0, b.2, b.5, a.0, a.2, a.4");
  // Whoever shuffled the numbers of one module may have shuffled the modules too.
  const shuffled = ["a.4", "a.2", "a.0", "b.0", "b.2", "b.5"];
  assertEquals(placed(weightsFrom(stateDict(shuffled, "fc"), planned, "a.safetensors")), sorted);
});

Deno.test("numbers and shapes decide where only one way is left", () => {
  const features = [0, 2, 4, 6, 8, 10].map((i) => `features.${i}`);
  const convs = [1, 2, 3, 4, 5, 6].map((i) => `conv${i}`);
  for (const names of [features, convs, [0, 2, 4, 6, 8, 10].map(String)]) {
    for (const tail of ["fc", "head", "classifier", "out.1"]) {
      const found = stateDict(names, tail);
      const sorted = new Map([...found].toSorted(([a], [b]) => a < b ? -1 : 1));
      for (const isOrdered of [true, false]) {
        assertEquals(placed(weightsFrom(found, planned, "a.pth", { isOrdered })), IN_ORDER);
        assertEquals(placed(weightsFrom(sorted, planned, "a.pth", { isOrdered })), IN_ORDER);
      }
    }
  }
});

Deno.test("a problem speaks of the layer that keeps weights from fitting", () => {
  const wide = new Map([...stateDict(TWO, "fc"), ["fc.weight", filled([10, 2], 6)] as const]);
  const said = placed(weightsFrom(wide, planned, "a.pth"));
  assert(typeof said === "string");
  assertStringIncludes(said, "got     fc.weight of [10, 2]");
  assertStringIncludes(said, "wanted  [3, 2] for dense1.kernel");
});

Deno.test("layers of branches side by side have no order: without the network's names they are refused", () => {
  const one = conv(2, { kernel: 1, bias: true });
  const forked = orThrow(plan(chain(fork("add", one, one)), [4, 4, 2]));
  const found = new Map([
    ["a.0.weight", filled([2, 2, 1, 1], 0)],
    ["a.0.bias", filled([2], 0)],
    ["b.0.weight", filled([2, 2, 1, 1], 1)],
    ["b.0.bias", filled([2], 1)],
  ]);
  assertStringIncludes(
    `${placed(weightsFrom(found, forked, "a.pth"))}`,
    "every tensor needs a place",
  );
});

Deno.test("weights that are not finite, and variances below 0, are refused", () => {
  const names = [1, 2, 3, 4, 5, 6].map((i) => `conv${i}`);
  for (const value of [NaN, Infinity, -Infinity]) {
    const found = new Map([...stateDict(names, "fc"), ["conv3.bias", filled([2], value)] as const]);
    const said = `${placed(weightsFrom(found, planned, "a.pth"))}`;
    assertStringIncludes(said, "every weight must be a finite float32");
    assertStringIncludes(said, `got     ${value} in conv3.bias`);
  }
  const normed = orThrow(plan(batchNorm(), [4, 4, 2]));
  const parts = { weight: 1, bias: 0, running_mean: -1, running_var: -1 };
  const norm = new Map(Object.entries(parts).map(([name, value]) => [name, filled([2], value)]));
  const said = `${placed(weightsFrom(norm, normed, "a.pth"))}`;
  assertStringIncludes(said, "a variance is not below 0");
  assertStringIncludes(said, "got     -1 in running_var");
});

Deno.test("names that are the network's own and another order in the file are two ways", () => {
  const swapped = ["conv2", "conv1", "conv3", "conv4", "conv5", "conv6"];
  const said = placed(weightsFrom(stateDict(swapped, "dense1"), planned, "a.pth"));
  assert(typeof said === "string");
  assertStringIncludes(said, "conv2, conv1, conv3");
  assertStringIncludes(said, "conv1, conv2, conv3");
  const sorted = weightsFrom(stateDict(swapped, "dense1"), planned, "a.safetensors", {
    isOrdered: false,
  });
  assertEquals(placed(sorted), [1, 0, 2, 3, 4, 5, 6]);
});
