/** A study whose arms have a layer, a loss, an optimiser and an augmentation of their user's own. */
import { assertEquals } from "@std/assert";
import { type AnyLoss, chain, eachParameter, layer, orThrow, rule, standard } from "../../mod.ts";
import { multiply, scale, square, subtract } from "../../dsl/graph/arithmetic.ts";
import { mean } from "../../dsl/graph/compose.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { pointwise } from "../../dsl/plan/rule.ts";
import { conv, dense, globalAveragePool } from "../../layers/mod.ts";
import type { Augmentation } from "../../tasks/data/mod.ts";
import { readResults } from "../../tasks/study/results.ts";
import { runStudy } from "../../tasks/study/run_study.ts";
import { withFolder } from "../files/_folder.ts";
import { smallData, smallStudy } from "./_small_study.ts";

const language = standard.with(rule<{ readonly type: "rectify" }>({
  ...pointwise(1),
  type: "rectify",
  label: "relu",
  fields: {},
  lower: (_, site) => site.graph.apply({ op: "relu" }, [site.input]),
}));
const net = chain(
  conv(4, { kernel: 3, stride: 4 }),
  layer({ type: "rectify" }),
  globalAveragePool(),
  dense(10),
);
const loss: AnyLoss = {
  kind: "squares",
  build: (graph, logits, targets) => mean(graph, square(graph, subtract(graph, logits, targets))),
};
const optimizer = eachParameter({
  kind: "descent",
  options: { share: 0.5 },
  update: ({ graph, rate }, { value, gradient }) =>
    subtract(graph, value, multiply(graph, scale(graph, gradient, 0.5), rate)),
});
const augment: Augmentation = { name: "same", options: {}, apply: (pixels) => pixels };

Deno.test("a study with values of one's own is stopped, resumed, and read", async () => {
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const datasets = new Map([["shapes", smallData]]);
  const arms = smallStudy.arms.slice(0, 1).map((arm) => ({
    ...arm,
    language,
    net,
    recipe: { ...arm.recipe, loss, optimizer, augment, labelSmoothing: 0 },
  }));
  const study = { ...smallStudy, figure: "comparison", arms } as const;
  await withFolder(async (folder) => {
    const go = async (out: string, stops: number) => {
      let ended = "stopped";
      for (let round = 0; ended === "stopped" && round < 9; round++) {
        let steps = round < stops ? 4 : Infinity;
        const request = { study, folder: `${folder}/${out}`, seeds: 1, engine };
        const interrupted = () => steps-- <= 0;
        ended = orThrow(await runStudy(request, { datasets, interrupted }));
      }
      assertEquals(ended, "finished");
      const { arms: [arm] } = orThrow(await readResults(study, `${folder}/${out}`, 1));
      return arm?.error;
    };
    assertEquals(await go("stopped", 2), await go("whole", 0));
    const { config } = JSON.parse(
      await Deno.readTextFile(`${folder}/whole/${arms[0]?.name}-1/config.json`),
    );
    assertEquals([config.engine, config.backend], ["auto", "auto"]);
  });
});
