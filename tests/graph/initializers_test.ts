/** Initialisers do what they promise: identities, spreads, and patches without correlation. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { type AnyStart, chain, dirac, initialParameters, normal, orThrow } from "../../mod.ts";
import { ones, plan, ProblemError, type Start, whitening, zeros } from "../../mod.ts";
import { conv, dense, flatten } from "../../layers/mod.ts";
import { inference } from "../../dsl/programs/inference.ts";
import type { HostTensor } from "../../dsl/graph/tensors.ts";
import { symmetricEigen } from "../../dsl/programs/eigen.ts";
import { draws } from "./_differences.ts";
import { runReference } from "../_reference.ts";

const INPUT = [6, 5, 3];

function kernelOf(start: AnyStart, channels: number, kernel: number, sample?: HostTensor) {
  const planned = orThrow(
    plan(chain(conv(channels, { kernel, padding: "valid", bias: false })), INPUT),
  );
  const starts = { "conv1.kernel": start };
  const parameters = initialParameters(planned, 0, { starts, ...(sample && { sample }) });
  const usual = initialParameters(planned, 0).get("conv1.kernel")?.data ?? new Float32Array();
  const own = parameters.get("conv1.kernel")?.data ?? new Float32Array();
  return { planned, kernel: own, usual };
}

Deno.test("dirac() makes a convolution the identity; channels beyond start as usual", () => {
  const { planned, kernel, usual } = kernelOf(dirac(), 5, 3);
  const images = draws("images", 90);
  const state = { "conv1.kernel": Float64Array.from(kernel) };
  const { logits } = runReference(inference(planned, 1), state, { images }).outputs;
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 3; x++) {
      const [at, from] = [(y * 3 + x) * 5, ((y + 1) * 5 + x + 1) * 3];
      assertEquals(logits?.slice(at, at + 3), images.slice(from, from + 3));
    }
  }
  kernel.forEach((value, at) => assert(at % 5 < 3 || value === usual[at]));
});

Deno.test("normal() has its deviation; zeros and ones are such", () => {
  const { kernel } = kernelOf(normal(0.5), 400, 3);
  const square = kernel.reduce((sum, x) => sum + x * x, 0) / kernel.length;
  assertAlmostEquals(Math.sqrt(square), 0.5, 0.01);
  assert(kernelOf(zeros(), 4, 3).kernel.every((x) => x === 0));
  assert(kernelOf(ones(), 4, 3).kernel.every((x) => x === 1));
});

Deno.test("whitening() gives filters under which the sample's patches have the identity as second moment", () => {
  const [images, size] = [40, 12];
  const shape = [images, 6, 5, 3];
  const noise = draws("sample", images * 90);
  // Neighbours are alike, as in pictures.
  const data = Float32Array.from(noise, (x, i) => x + 0.7 * (noise[i - 3] ?? 0) + 0.3);
  const { planned, kernel, usual } = kernelOf(whitening(1e-9), 25, 2, { shape, data });
  const state = { "conv1.kernel": Float64Array.from(kernel) };
  const program = inference(planned, images);
  const { logits = new Float64Array() } =
    runReference(program, state, { images: Float64Array.from(data) }).outputs;
  const rows = logits.length / 25;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let moment = 0;
      for (let row = 0; row < rows; row++) {
        moment += (logits[row * 25 + i] ?? NaN) * (logits[row * 25 + j] ?? NaN) / rows;
      }
      assertAlmostEquals(moment, i === j ? 1 : 0, 1e-3, `${i}, ${j}`);
    }
    assertAlmostEquals(logits[i + size] ?? NaN, -(logits[i] ?? NaN), 1e-9);
  }
  kernel.forEach((value, at) => assert(at % 25 < 2 * size || value === usual[at]));
});

Deno.test("whitening() without a sample of what the convolution sees is a problem", () => {
  for (const sample of [undefined, { shape: [1, 6, 5, 1], data: new Float32Array(30) }]) {
    const error = assertThrows(() => kernelOf(whitening(), 8, 2, sample), ProblemError);
    assertEquals(error.problems[0]?.code, "no-sample");
  }
});

Deno.test("symmetricEigen() gives orthonormal vectors and falling values that make the matrix again", () => {
  const entry = fc.double({ min: -10, max: 10, noNaN: true });
  const matrices = fc.integer({ min: 1, max: 6 }).chain((size) =>
    fc.array(entry, { minLength: size * size, maxLength: size * size }).map((entries) => ({
      size,
      matrix: Float64Array.from(
        entries,
        (x, at) => x + (entries[at % size * size + Math.floor(at / size)] ?? 0),
      ),
    }))
  );
  fc.assert(fc.property(matrices, ({ size, matrix }) => {
    const { values, vectors } = symmetricEigen(matrix, size);
    assertEquals(values, values.toSorted((a, b) => b - a));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const [u, v] = [i, j].map((at) => [...vectors[at] ?? []]);
        const inner = (u ?? []).reduce((sum, x, k) => sum + x * (v?.[k] ?? NaN), 0);
        assertAlmostEquals(inner, i === j ? 1 : 0, 1e-9);
        const sum = values.reduce(
          (sum, value, k) => sum + value * (vectors[k]?.[i] ?? NaN) * (vectors[k]?.[j] ?? NaN),
          0,
        );
        assertAlmostEquals(sum, matrix[i * size + j] ?? NaN, 1e-8);
      }
    }
  }));
});

const planned = orThrow(
  plan(chain(conv(6, { groups: 3, bias: true }), flatten(), dense(4)), INPUT),
);

Deno.test("dirac() hands on every channel of every group", () => {
  const grouped = orThrow(plan(chain(conv(6, { kernel: 1, groups: 3 })), [2, 2, 6]));
  const starts = { "conv1.kernel": dirac() };
  const kernel = initialParameters(grouped, 0, { starts }).get("conv1.kernel")?.data;
  assertEquals([...kernel ?? []], [1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 1]);
});

Deno.test("initialParameters() refuses starts that do not fit their parameter, or that another hides", () => {
  const own = (values: unknown) => ({ kind: "own", values: () => values as Float32Array });
  const cases: readonly (readonly [Readonly<Record<string, AnyStart>>, string])[] = [
    [{ "dense1.kernel": dirac() }, "no-convolution"],
    [{ "conv1.bias": dirac() }, "no-convolution"],
    [{ "conv1": zeros(), "conv1.kernel": ones() }, "hidden-initializer"],
    [{ "": zeros(), "dense1": ones() }, "hidden-initializer"],
    [{ "cnv1": zeros() }, "unknown-parameter"],
    [{ "dense1.bias": own([0, 0, 0, 0]) }, "invalid-start"],
    [{ "dense1.bias": own(new Float32Array(3)) }, "invalid-start"],
    [{ "dense1.bias": own(new Float32Array(4).fill(NaN)) }, "invalid-start"],
    [{ "dense1.bias": own(undefined) }, "invalid-start"],
    [{ "dense1.bias": { ...own(undefined), kind: "zeros" } }, "reserved-kind"],
  ];
  for (const [starts, code] of cases) {
    const error: ProblemError = assertThrows(
      () => initialParameters(planned, 0, { starts }),
      ProblemError,
    );
    assertEquals(error.problems.map((problem) => problem.code), [code]);
  }
});

Deno.test("whitening() refuses a sample that is smaller than the kernel, or that lacks numbers", () => {
  const shape = [1, 2, 2, 3];
  const refused = (data: Float32Array) =>
    assertThrows(() => kernelOf(whitening(), 4, 3, { shape, data }), ProblemError);
  assertEquals(refused(new Float32Array(12)).problems[0]?.code, "no-sample");
  assertEquals(refused(new Float32Array(11)).problems[0]?.code, "invalid-argument");
});

Deno.test("an initialiser may be an instance of a class", () => {
  class Own implements Start {
    readonly kind = "own";
    readonly #value = 7;
    values(): Float32Array {
      return new Float32Array(4).fill(this.#value);
    }
  }
  const starts = { "dense1.bias": new Own() };
  assertEquals([...initialParameters(planned, 0, { starts }).get("dense1.bias")?.data ?? []], [
    ...[7, 7, 7, 7],
  ]);
});
