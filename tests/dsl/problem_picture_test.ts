/** The pictures of problems: the shapes on the way to a fault. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  chain,
  fork,
  hourglass,
  named,
  type Net,
  plan,
  type Problem,
  renderProblems,
  repeat,
  residual,
  type Shape,
} from "../../mod.ts";
import { batchNorm, conv, dense, maxPool, relu } from "../../layers/mod.ts";
import { anyNetworks, anyShapes } from "../_any_networks.ts";
import { problemsOf } from "../_problems.ts";

/** The pictures of all that is wrong with a network, without what stands above them. */
function pictures(net: Net, input: Shape): string {
  const text = renderProblems(problemsOf(plan(net, input)));
  return text.split("\n").filter((line) => /^ {8}|^ {2}way/.test(line)).join("\n");
}

Deno.test("a problem shows the layers before it with their shapes, and where it is", () => {
  const net = chain(conv(30, { kernel: 3, stride: 2 }), relu(), conv(64, { groups: 4 }));
  assertEquals(
    renderProblems(problemsOf(plan(net, [32, 32, 3]))),
    `conv2 (conv): the groups must divide the input channels
  got     30 input channels in 4 groups
  wanted  a multiple of 4 channels
  hint    use 32 channels, or other groups
  way     input  32x32x3
          conv1  16x16x30
          relu1  16x16x30
        > conv2  16x16x64`,
  );
});

Deno.test("a problem at a merge shows both branches side by side", () => {
  const body = chain(batchNorm(), relu(), conv(8, { kernel: 3, stride: 2 }));
  const net = chain(conv(16), named("stem", residual(body)));
  assertEquals(
    pictures(net, [8, 8, 3]),
    `  way     input      8x8x3
          conv1      8x8x16
          +---------------------+---------------+
          |                     | bn1    8x8x16 |
          |                     | relu1  8x8x16 |
          | as it comes  8x8x16 | conv1  4x4x8  |
          +---------------------+---------------+
        > stem.add1  ?x?x?`,
  );
});

Deno.test("a problem shows a few layers and says that there are more", () => {
  const net = chain(repeat(9, relu()), dense(10));
  assertEquals(
    pictures(net, [4, 4, 3]),
    `  way     ...
          relu6   4x4x3
          relu7   4x4x3
          relu8   4x4x3
          relu9   4x4x3
        > dense1  10`,
  );
});

Deno.test("a problem shows the levels before an hourglass that is too deep", () => {
  const net = hourglass({ depth: 3, unit: relu() });
  assertEquals(
    pictures(net, [2, 2, 8]),
    `  way     input        2x2x8
          down1.pool1  1x1x8
          down1.relu1  1x1x8
        > resize2      1x1x8`,
  );
});

Deno.test("a problem in a branch shows what stands before the fork", () => {
  const net = chain(conv(4), fork("concat", maxPool(2), chain(relu(), conv(4, { groups: 3 }))));
  assertEquals(
    pictures(net, [4, 4, 3]).split("\n").slice(0, 4).join("\n"),
    `  way     input  4x4x3
          conv1  4x4x4
          relu1  4x4x4
        > conv2  4x4x4`,
  );
});

Deno.test("only problems of shapes have pictures, and those are plain data", () => {
  const twice = chain(named("a", relu()), named("a", relu()));
  assertEquals(problemsOf(plan(twice, [3])).map(({ way }) => way), [undefined]);
  fc.assert(fc.property(anyNetworks, anyShapes, (net, input) => {
    const problems: readonly Problem[] = problemsOf(plan(net, input));
    assertEquals(JSON.parse(JSON.stringify(problems)), problems);
    for (const { way } of problems) assert((way?.steps.length ?? 1) <= 5);
  }));
});
