/** The groups of the presets' optimisers fit the networks that the presets are for. */
import { chain, type Net, orThrow, plan, trainingStep } from "../../mod.ts";
import { conv, dense, flatten, globalAveragePool } from "../../layers/mod.ts";
import { attention8, attention8Wide } from "../../nets/fast_attention.ts";
import { presetFor } from "../../tasks/training/presets.ts";

const CASES: readonly (readonly [string, Net])[] = [
  ["cifar/attention-8", attention8()],
  ["cifar/attention-8", attention8({ masks: false })],
  ["cifar/attention-8-wide", attention8Wide()],
  ["a network of one's own", chain(flatten(), dense(3))],
  ["a network without biases", chain(conv(3), globalAveragePool())],
];

for (const [name, net] of CASES) {
  Deno.test(`the preset fast trains ${name} (${JSON.stringify(net).length} letters)`, () => {
    const { optimizer } = presetFor(name, "fast");
    trainingStep(orThrow(plan(net, [32, 32, 3])), { batch: 8, optimizer });
  });
}
