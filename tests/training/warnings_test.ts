/** What is warned of before a training that can teach nothing. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { batchNorm, conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import {
  chain,
  freeze,
  type Net,
  orThrow,
  plan,
  repeat,
  type Shape,
  trainingNeeds,
} from "../../mod.ts";
import { renderSummary } from "../../dsl/interpreters/summary/mod.ts";
import { PRESETS } from "../../tasks/training/presets.ts";
import { warnOf } from "../../tasks/training/warnings.ts";

function warnings(net: Net, input: Shape, batch: number, classes = ["a", "b"]): readonly string[] {
  const said: string[] = [];
  const prepared = { plan: orThrow(plan(net, input)), parts: [] };
  const config = { recipe: { ...PRESETS.quick, batch } };
  warnOf(config, prepared, { classes }, { onWarning: (text) => void said.push(text) });
  return said;
}

Deno.test("a batch norm that sees one number for each channel is warned of", () => {
  const net = chain(
    conv(4, { stride: 2 }),
    repeat(2, chain(batchNorm(), relu())),
    globalAveragePool(),
    dense(2),
  );
  const [said = "", ...others] = warnings(net, [2, 2, 3], 1);
  assertEquals(others, []);
  assertStringIncludes(said, "bn1 and 1 more like it: a batch norm sees one number");
  const planned = orThrow(plan(net, [2, 2, 3]));
  const summary = (batch: number) => {
    const training = trainingNeeds(planned, { batch, optimizer: { kind: "sgd" } });
    return renderSummary(planned, { training });
  };
  assertStringIncludes(summary(1), "warning     bn1 and 1 more like it: a batch norm sees one");
  assertEquals(summary(2).includes("warning"), false);
  assertEquals(warnings(net, [2, 2, 3], 2), []);
  assertEquals(warnings(net, [4, 4, 3], 1), []);
  assertEquals(warnings(orThrow(freeze(net)), [2, 2, 3], 1), []);
  assertStringIncludes(
    warnings(chain(batchNorm(), dense(2)), [3], 1)[0] ?? "",
    "bn1: a batch norm",
  );
});

Deno.test("a data set of a single class is warned of", () => {
  assertStringIncludes(warnings(dense(1), [3], 8, ["cat"])[0] ?? "", "one class");
  assertEquals(warnings(dense(2), [3], 8), []);
});
