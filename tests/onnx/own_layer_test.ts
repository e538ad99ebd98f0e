/**
 * Networks of layers that netfold does not know, whose lowering is made of graph
 * operations, as ONNX files: they pass ONNX's checker and give our logits in
 * Python, for any number of images unless a layer depends on that.
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  type AnyLayerRule,
  chain,
  layer,
  type LayerSite,
  orThrow,
  plan,
  residual,
  rule,
  type Shape,
  standard,
  type ValueId,
} from "../../mod.ts";
import {
  add,
  gelu,
  mean,
  multiply,
  reshape,
  scale,
  sigmoid,
  silu,
  spread,
  subtract,
  sum,
  variance,
} from "../../dsl/graph/mod.ts";
import { conv, dense, flatten, globalAveragePool, relu } from "../../layers/mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { toOnnx } from "../../dsl/engines/onnx/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { checked, testPython } from "./_python.ts";
import { answerOf, assertLogits, imagesFor, lively } from "./_runs.ts";

type Lower = (site: LayerSite) => ValueId;

/** A layer without configuration that keeps its input's shape, or drops the map. */
function own(type: string, lower: Lower, output: (input: Shape) => Shape = (x) => x): AnyLayerRule {
  return rule({
    type,
    label: type,
    fields: {},
    shape: (_, input) => ({ output: output(input), faults: [] }),
    cost: () => ({ macs: 0, flops: 0 }),
    lower: (_, site) => lower(site),
  });
}

/** Each image normalised over its own entries, as layer norm does. */
const layerNorm = own("layer_norm", ({ graph, input }) => {
  const shape = graph.shapeOf(input);
  const axes = [1, 2, 3];
  const centred = subtract(graph, input, spread(graph, mean(graph, input, axes), { axes, shape }));
  const factor = graph.apply({ op: "rsqrt", epsilon: 1e-5 }, [variance(graph, input, axes)]);
  return multiply(graph, centred, spread(graph, factor, { axes, shape }));
});

/** Channels weighed by their largest entries, and one minus that. */
const excite = own("excite", ({ graph, input }) => {
  const shape = graph.shapeOf(input);
  const most = sigmoid(graph, graph.apply({ op: "max", axes: [1, 2] }, [input]));
  const ones = graph.constant(1, graph.shapeOf(most));
  const weights = add(graph, most, scale(graph, subtract(graph, ones, most), 0.25));
  return multiply(graph, input, spread(graph, weights, { axes: [1, 2], shape }));
});

/** Every position by itself: all of them as one batch. */
const positions = own("positions", ({ graph, input }) => {
  const [n = 1, h = 1, w = 1, c = 1] = graph.shapeOf(input);
  const rows = reshape(graph, input, [n * h * w, c]);
  const gram = graph.apply({ op: "matmul", transposeA: false, transposeB: false }, [
    gelu(graph, rows),
    graph.constant(0.25, [c, c]),
  ]);
  return reshape(graph, gram, [n, h, w, c]);
});

/** Rows and columns exchanged, a row taken away and zeros put in its place. */
const turn = own("turn", ({ graph, input }) => {
  const turned = graph.apply({ op: "transpose", axes: [0, 2, 1, 3] }, [silu(graph, input)]);
  const size = (graph.shapeOf(turned)[1] ?? 1) - 1;
  const less = graph.apply({ op: "slice", axis: 1, start: 1, size }, [turned]);
  return graph.apply({ op: "pad", axis: 1, before: 0, after: 1 }, [less]);
}, ([h = 1, w = 1, c = 1]) => [w, h, c]);

/** Each image less the mean of the batch: its number is in the file. */
const ofBatch = own("of_batch", ({ graph, input }) => {
  const shape = graph.shapeOf(input);
  const centre = mean(graph, input, [0]);
  return subtract(graph, input, spread(graph, centre, { axes: [0], shape }));
});

/** The sum of squares over the positions, a vector. */
const energy = own(
  "energy",
  ({ graph, input }) => sum(graph, multiply(graph, input, input), [1, 2]),
  (input) => input.slice(-1),
);

const language = standard.with(layerNorm, excite, positions, turn, ofBatch, energy);
const NETS = {
  "a map of every kind": chain(
    conv(8, { kernel: 3, padding: 1 }),
    layer({ type: "layer_norm" }),
    relu(),
    residual(chain(layer({ type: "excite" }), conv("same", { kernel: 3, padding: 1 }))),
    layer({ type: "turn" }),
    layer({ type: "positions" }),
    flatten(),
    dense(5),
  ),
  "a vector of maps": chain(conv(8), layer({ type: "energy" }), dense(5)),
  "nothing else": chain(layer({ type: "excite" }), globalAveragePool(), dense(5)),
};

for (const [name, net] of Object.entries(NETS)) {
  testPython(
    `${name} of layers of one's own passes the checker and gives our logits`,
    async (folder) => {
      const planned = orThrow(plan(net, [6, 5, 3], { language }));
      const weights = lively(planned);
      const { nhwc, nchw } = imagesFor(planned, 3);
      const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
      const wanted = await answerOf(engine, planned, weights, { batch: 3, images: nhwc });
      engine.dispose();
      await Deno.writeFile(join(folder, "images"), new Uint8Array(nchw.buffer));
      for (const batch of ["dynamic", 3] as const) {
        const path = join(folder, `${batch}.onnx`);
        await Deno.writeFile(path, orThrow(toOnnx(planned, weights, { batch })));
        const { logits, described } = await checked(path, join(folder, "images"));
        assertEquals(described, true);
        assertLogits(Float32Array.from(logits), wanted, `${name}, ${batch}`);
      }
    },
  );
}

Deno.test("a layer that depends on the number of images is a problem of a file for any", () => {
  const net = chain(layer({ type: "of_batch" }), globalAveragePool(), dense(5));
  const planned = orThrow(plan(net, [6, 5, 3], { language }));
  const { code, path } = onlyProblem(toOnnx(planned, lively(planned)));
  assertEquals([code, path], ["batch-needed", "of_batch1"]);
  orThrow(toOnnx(planned, lively(planned), { batch: 2 }));
});

Deno.test("options that no file can be written with are problems", () => {
  const planned = orThrow(plan(chain(globalAveragePool(), dense(2)), [4, 4, 2]));
  const wrong: readonly Record<string, unknown>[] = [{ batch: 0 }, { batch: "3" }, {
    layout: "chw",
  }];
  for (const options of wrong) {
    const { code } = onlyProblem(toOnnx(planned, lively(planned), options));
    assertEquals(code, "option-unfit");
  }
});
