/** The released ImageNet networks, composed by hand: the language can say them, and the counts agree. */
import { assertEquals } from "@std/assert";
import {
  chain,
  cost,
  depth,
  type Net,
  orThrow,
  params,
  plan,
  preactivation,
  repeat,
  resnext,
  stage,
} from "../../mod.ts";
import { batchNorm, conv, dense, globalAveragePool, maxPool, relu } from "../../layers/mod.ts";
import { maskShare, maskUnits } from "./_masks.ts";

type Unit = typeof preactivation;

const stem = chain(
  conv(64, { kernel: 7, stride: 2, padding: 3 }),
  batchNorm(),
  relu(),
  maxPool(3, { stride: 2, ceil: true }),
);

function imagenet(
  unit: Unit,
  modules: readonly [number, number, number],
  { entry, units }: { readonly entry: Net; readonly units: "preactivation" | "postactivation" },
): Net {
  const attention = (i: 0 | 1 | 2) =>
    repeat(modules[i], stage(1, 2, 1, { unit: unit(), units, depth: 3 - i }));
  return chain(
    stem,
    unit({ width: 256 }),
    attention(0),
    unit({ width: 512, stride: 2 }),
    attention(1),
    unit({ width: 1024, stride: 2 }),
    attention(2),
    unit({ width: 2048, stride: 2 }),
    repeat(2, unit()),
    entry,
    globalAveragePool(),
    dense(1000),
  );
}

const preactivated = { entry: chain(batchNorm(), relu()), units: "preactivation" } as const;
const IMAGE = [224, 224, 3];

Deno.test("Attention-56 for ImageNet has the released network's counts", () => {
  const planned = orThrow(plan(imagenet(preactivation, [1, 1, 1], preactivated), IMAGE));
  assertEquals(params(planned), {
    weights: 31_738_024,
    trainable: 31_810_728,
    total: 31_883_432,
  });
  assertEquals(cost(planned).macs, 6_270_836_736);
  assertEquals(Math.round(maskShare(planned) / 100 * 6_270_836_736), 1_744_920_576);
  assertEquals(depth(planned), 56);
  assertEquals(maskUnits(planned), [8, 5, 2]);
});

Deno.test("Attention-92 for ImageNet, modules 1, 2, 3, has the released network's counts", () => {
  const planned = orThrow(plan(imagenet(preactivation, [1, 2, 3], preactivated), IMAGE));
  assertEquals(params(planned), {
    weights: 52_332_712,
    trainable: 52_466_344,
    total: 52_599_976,
  });
  assertEquals(cost(planned).macs, 10_533_789_696);
  assertEquals(depth(planned), 92);
});

Deno.test("AttentionNeXt-56 for ImageNet has the released network's counts", () => {
  const options = { entry: chain(), units: "postactivation" } as const;
  const planned = orThrow(plan(imagenet(resnext, [1, 1, 1], options), IMAGE));
  assertEquals(params(planned), {
    weights: 31_220_392,
    trainable: 31_318_824,
    total: 31_417_256,
  });
  assertEquals(cost(planned).macs, 6_419_106_816);
  assertEquals(depth(planned), 56);
});
