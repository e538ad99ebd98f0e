/** Grad-CAM with the public parts: what in a picture speaks for a class, by the gradient of its logit. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { gradients, GraphBuilder } from "../../dsl/graph/mod.ts";
import { conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { chain, initialParameters, leaves, named, orThrow, plan, probe } from "../../mod.ts";

const [HEIGHT, WIDTH, CHANNELS, CLASSES] = [5, 4, 6, 3];

Deno.test("the gradient of a class's logit by the last map weighs its channels", async () => {
  const net = chain(
    named("features", chain(named("conv", conv(CHANNELS, { kernel: 3 })), relu())),
    globalAveragePool(),
    named("classifier", dense(CLASSES)),
  );
  const planned = orThrow(plan(net, [HEIGHT, WIDTH, 3]));
  const parameters = initialParameters(planned, 1);
  const last = leaves(planned).findLast(({ output }) =>
    output.length === 3 && output[2] === CHANNELS
  );

  const forward = probe(planned, 1, [{ name: "map", part: last ?? planned, side: "output" }]);
  const graph = GraphBuilder.continue(forward);
  const [logits = NaN, map = NaN] = ["logits", "map"].map((name) =>
    forward.outputs.find((output) => output.name === name)?.value ?? NaN
  );
  const chosen = graph.input("class", [1, CLASSES]);
  const slope = gradients(graph, logits, [map], chosen).get(map) ?? NaN;
  const program = graph.finish("grad-cam", [...forward.outputs, { name: "slope", value: slope }]);

  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const state = engine.upload(parameters);
  const images = Float32Array.from({ length: HEIGHT * WIDTH * 3 }, (_, i) => Math.sin(i));
  const kernel = parameters.get("classifier.kernel")?.data ?? new Float32Array();
  const loaded = engine.load(program);
  for (let label = 0; label < CLASSES; label++) {
    const inputs = {
      images,
      class: Float32Array.from({ length: CLASSES }, (_, i) => +(i === label)),
    };
    const slopes = await loaded.run(state, inputs).outputs["slope"]?.() ?? new Float32Array();
    assertEquals(slopes.length, HEIGHT * WIDTH * CHANNELS);
    slopes.forEach((value, i) => {
      // Of a mean over positions, each position has its share of what the classifier gives the channel.
      const wanted = (kernel[i % CHANNELS * CLASSES + label] ?? NaN) / (HEIGHT * WIDTH);
      assertAlmostEquals(value, wanted, 1e-6);
    });
  }
  loaded.dispose();
  engine.free(state);
});
