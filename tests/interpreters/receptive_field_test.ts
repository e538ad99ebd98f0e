/** Receptive fields, held against published ones and against what pixels really reach. */
import { assertEquals } from "@std/assert";
import {
  arl,
  chain,
  fork,
  hourglass,
  identity,
  mask,
  matchSize,
  type Net,
  orThrow,
  plan,
  receptiveFields,
  repeat,
  residual,
  type Shape,
  spatial,
} from "../../mod.ts";
import {
  averagePool,
  conv,
  dense,
  flatten,
  globalAveragePool,
  maxPool,
  relu,
  resize,
  standardize,
} from "../../layers/mod.ts";

/** The field of the last layer or merge. */
function last(net: Net, input: Shape): readonly number[] | undefined {
  return [...receptiveFields(orThrow(plan(net, input))).values()].at(-1);
}

const threes = (times: number): Net => repeat(times, conv(4, { kernel: 3 }));

/** The 3x3 convolutions of bottlenecks; the last of each stage but the final one has the stride. */
function slimResnet(blocks: readonly number[]): Net {
  const stages = blocks.flatMap((count, i) => [
    threes(count - 1),
    conv(4, { kernel: 3, stride: i < blocks.length - 1 ? 2 : 1 }),
  ]);
  return chain(conv(4, { kernel: 7, stride: 2 }), maxPool(3, { stride: 2, padding: 1 }), ...stages);
}

Deno.test("receptiveFields() gives the published fields of standard networks", () => {
  // Araujo, Norris and Sim (Distill, 2019), Table 1: vgg_16 and slim's resnet_v1_50, 101 and 152.
  const vgg = chain(...[2, 2, 3, 3, 3].map((count) => chain(threes(count), maxPool(2))));
  assertEquals(last(vgg, [64, 64, 3]), [212, 212]);
  assertEquals(last(slimResnet([3, 4, 6, 3]), [64, 64, 3]), [483, 483]);
  assertEquals(last(slimResnet([3, 4, 23, 3]), [64, 64, 3]), [1027, 1027]);
  assertEquals(last(slimResnet([3, 8, 36, 3]), [64, 64, 3]), [1507, 1507]);
});

Deno.test("receptiveFields() follows windows along each axis", () => {
  const net = chain(
    conv(4, { kernel: [3, 1], dilation: 2 }),
    averagePool([1, 2]),
    conv(4, { kernel: [1, 5], stride: 1 }),
  );
  assertEquals([...receptiveFields(orThrow(plan(net, [16, 16, 3])))], [
    ["conv1", [5, 1]],
    ["avgpool1", [5, 2]],
    ["conv2", [5, 10]],
  ]);
});

Deno.test("receptiveFields() takes the hull of branches, off centre or not", () => {
  assertEquals(last(residual(threes(2)), [9, 9, 4]), [5, 5]);
  const left = conv(4, { kernel: [1, 3], padding: [0, 0, 2, 0] });
  const right = conv(4, { kernel: [1, 3], padding: [0, 0, 0, 2] });
  assertEquals(last(fork("add", left, right), [9, 9, 4]), [1, 5]);
});

Deno.test("receptiveFields() grows by a step where a map is resized, and not without need", () => {
  const pooled = averagePool(2, { stride: 2 });
  assertEquals(last(matchSize(pooled), [8, 8, 4]), [4, 4]);
  assertEquals(last(matchSize(relu()), [8, 8, 4]), [1, 1]);
  assertEquals(last(chain(resize(15), conv(4, { kernel: 3 })), [8, 8, 4]), [3, 3]);
  assertEquals(last(chain(matchSize(pooled), conv(4, { kernel: 3 })), [8, 8, 4]), [6, 6]);
});

Deno.test("receptiveFields() covers the map after a layer that looks at all of it, and stops there", () => {
  const input = [8, 6, 3];
  assertEquals(last(globalAveragePool(), input), [8, 6]);
  assertEquals(last(chain(globalAveragePool(), dense(4), dense(2)), input), [8, 6]);
  assertEquals(last(flatten(), input), [1, 1]);
  assertEquals(last(chain(flatten(), relu(), dense(4)), input), [8, 6]);
  assertEquals(last(chain(standardize(), threes(2)), input), [8, 6]);
  assertEquals(last(chain(conv(4, { kernel: 3 }), standardize()), input), [10, 8]);
  const attended = arl(threes(1), mask(hourglass({ depth: 1, r: 0 }), { activation: spatial }));
  assertEquals(last(attended, [8, 8, 4])?.every((length) => length >= 8), true);
});

Deno.test("receptiveFields() has nothing to say of vectors", () => {
  assertEquals(receptiveFields(orThrow(plan(chain(dense(4), relu()), [8]))).size, 0);
  assertEquals(receptiveFields(orThrow(plan(identity, [8, 8, 3]))).size, 0);
});
