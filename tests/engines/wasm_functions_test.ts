/** The functions of entries that wasm's own kernels compute, over all that they may meet. */
import { assert, assertEquals } from "@std/assert";
import { loadKernels } from "../../dsl/engines/tfjs/wasm/kernels.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Op } from "../../dsl/graph/op.ts";
import { runReference } from "../_reference.ts";

const COUNT = 4001;

/** The numbers from -20 to 20, evenly. */
const RANGE = Float32Array.from({ length: COUNT }, (_, i) => (i - 2000) / 100);

/** What a kernel makes of operands, and what the reference does. */
function both(op: Op & { readonly op: "gelu" | "geluGrad" | "sigmoid" }, x: Float32Array) {
  const count = x.length;
  const memory = new WebAssembly.Memory({ initial: 4 });
  const loaded = loadKernels(memory);
  if (loaded === undefined) throw new Error("WebAssembly has no vectors here");
  const floats = new Float32Array(memory.buffer);
  const ones = new Float32Array(count).fill(1);
  const operands = op.op === "geluGrad" ? [ones, x] : [x];
  operands.forEach((numbers, i) => floats.set(numbers, 16 + i * count));
  const places = [...operands.keys(), operands.length].map((i) => 4 * (16 + i * count));
  loaded.kernels[op.op](...places, count);
  const graph = new GraphBuilder();
  const values = operands.map((_, i) => graph.input(`${i}`, [count]));
  const outputs = graph.add(op, values).map((value) => ({ name: "y", value }));
  const inputs = Object.fromEntries(operands.map((numbers, i) => [`${i}`, numbers]));
  const wanted = runReference(graph.finish("function", outputs), {}, inputs).outputs["y"] ?? [];
  const from = 16 + operands.length * count;
  return { got: floats.slice(from, from + count), wanted };
}

for (const name of ["gelu", "geluGrad", "sigmoid"] as const) {
  Deno.test(`${name} on wasm is off by no more than single precision is`, () => {
    const { got, wanted } = both({ op: name }, RANGE);
    got.forEach((y, i) => {
      const right = wanted[i] ?? NaN;
      const scale = name === "gelu" ? Math.max(1, Math.abs(RANGE[i] ?? NaN)) : 1;
      assert(Math.abs(y - right) <= 3e-7 * scale, `${name}(${RANGE[i]}) is ${y}, not ${right}`);
    });
  });

  Deno.test(`${name} on wasm keeps what is no number, and holds for the largest numbers`, () => {
    const { got } = both({ op: name }, Float32Array.of(NaN, 1e38, -1e38, 0));
    assert(Number.isNaN(got[0]));
    const large = { gelu: 1e38, geluGrad: 1, sigmoid: 1 }[name];
    assertEquals(got[1], Math.fround(large));
    assert(Math.abs(got[2] ?? NaN) < 1e-30, `${got[2]}`);
    assertEquals(got[3], name === "gelu" ? 0 : 0.5);
  });
}
