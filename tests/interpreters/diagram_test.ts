/** What a diagram shows of a network: boxes, groups, branches, shapes. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  chain,
  fork,
  hourglass,
  identity,
  mask,
  matchSize,
  nal,
  named,
  type Net,
  orThrow,
  plan,
  preactivation,
  ProblemError,
  repeat,
  resnext,
  type Shape,
  stage,
} from "../../mod.ts";
import {
  boxesOf,
  type Diagram,
  type DiagramGroup,
  type DiagramItem,
  diagramOf,
  foldableParts,
  type FoldOptions,
} from "../../dsl/interpreters/diagram/mod.ts";
import {
  batchNorm,
  conv,
  dense,
  globalAveragePool,
  maxPool,
  relu,
  sigmoid,
} from "../../layers/mod.ts";
import { attention56 } from "../../nets/residual_attention.ts";
import { validNetworks } from "../_arbitraries.ts";

const MAP: Shape = [32, 32, 64];

const drawn = (net: Net, depth?: number, input = MAP): Diagram =>
  diagramOf(orThrow(plan(net, input)), depth === undefined ? {} : { depth });

/** The words of all boxes but the ends. */
function labels({ items }: Diagram): readonly string[] {
  return boxesOf(items).slice(1, -1).map(({ before, label, after, times }) =>
    [before, label, after, times === 1 ? "" : `x${times}`].filter((text) => text !== "").join(" | ")
  );
}

function groupsOf(items: readonly DiagramItem[]): readonly DiagramGroup[] {
  return items.flatMap((item) => {
    switch (item.tag) {
      case "box":
        return [];
      case "group":
        return [item, ...groupsOf(item.items)];
      case "split":
        return item.branches.flatMap(groupsOf);
    }
  });
}

Deno.test("diagramOf() draws a convolution with the norm and the rectifier that belong to it", () => {
  assertEquals(labels(drawn(preactivation())), [
    "BN · ReLU | conv 1×1, 16",
    "BN · ReLU | conv 3×3, 16",
    "BN · ReLU | conv 1×1, 64",
    "+",
  ]);
  const plain = chain(conv(8, { kernel: 3, stride: 2 }), batchNorm(), relu(), maxPool(2), relu());
  assertEquals(labels(drawn(plain)), [
    "conv 3×3 /2, 8 | BN · ReLU",
    "max pool 2×2 /2",
    "ReLU",
  ]);
});

Deno.test("diagramOf() draws equal parts in a row once, with their number", () => {
  const net = chain(conv(64, { kernel: 3 }), repeat(3, preactivation()), resnext());
  assertEquals(labels(drawn(net, 1)), [
    "conv 3×3, 64",
    "unit | 1×1, 3×3, 1×1 | x3",
    "unit | 1×1, 3×3, 1×1",
  ]);
  assertEquals(labels(drawn(repeat(4, chain(conv(64), relu())))), ["conv 1×1, 64 | ReLU | x4"]);
  assertEquals(labels(drawn(repeat(2, fork("add", identity, conv(64))))), ["conv 1×1, 64", "+"]);
});

Deno.test("diagramOf() draws an attention module as trunk, hourglass and (1 + M) × T", () => {
  const diagram = drawn(stage(1, 2, 1));
  assertEquals(labels(diagram), [
    "unit | 1×1, 3×3, 1×1",
    "unit | 1×1, 3×3, 1×1 | x2",
    "max pool 3×3 /2",
    "unit | 1×1, 3×3, 1×1",
    "unit | 1×1, 3×3, 1×1",
    "max pool 3×3 /2",
    "unit | 1×1, 3×3, 1×1",
    "unit | 1×1, 3×3, 1×1",
    "max pool 3×3 /2",
    "unit | 1×1, 3×3, 1×1 | x2",
    "interpolate",
    "+",
    "unit | 1×1, 3×3, 1×1",
    "interpolate",
    "+",
    "unit | 1×1, 3×3, 1×1",
    "interpolate",
    "BN · ReLU | conv 1×1, 64 | x2",
    "sigmoid",
    "(1 + M) × T",
    "unit | 1×1, 3×3, 1×1",
  ]);
  assertEquals(groupsOf(diagram.items).map(({ role }) => role), ["attention", "trunk", "mask"]);
});

Deno.test("diagramOf() gives every box of an hourglass the size of its map", () => {
  const sizes = boxesOf(drawn(hourglass({ depth: 3 }), 0).items).map(({ size }) => size);
  assertEquals(sizes, [32, 32, 16, 16, 16, 8, 8, 8, 4, 8, 8, 8, 16, 16, 16, 32, 32]);
});

Deno.test("diagramOf() folds to a depth, units one level before other parts", () => {
  const attention = attention56();
  const at = (depth: number) => labels(drawn(attention, depth, [32, 32, 3]));
  assertEquals(at(1), [
    "stem | conv 3×3, 16",
    "stage | unit, module",
    "stage | unit, module",
    "stage | unit, module",
    "tail | unit ×3",
    "BN · ReLU",
    "global average pool",
    "classifier | dense, 10",
  ]);
  assertEquals(at(2).slice(1, 3), ["unit | 1×1, 3×3, 1×1", "module | unit, attention, unit"]);
  const counts = [1, 2, 3, 4, 5, Infinity].map((depth) => at(depth).length);
  assertEquals(counts, counts.toSorted((a, b) => a - b));
  const units = labels(drawn(named("part", preactivation()), 2));
  assertEquals(units, ["unit | 1×1, 3×3, 1×1"]);
});

Deno.test("diagramOf() says what edges carry, and which pass by a whole branch", () => {
  const { edges } = drawn(chain(conv(16), fork("add", identity, conv(16, { kernel: 3 }))));
  const shape = [32, 32, 16];
  assertEquals(edges, [
    { from: "@input", to: "conv1", shape: MAP, role: "flow" },
    { from: "conv1", to: "add1", shape, role: "shortcut" },
    { from: "conv1", to: "conv2", shape, role: "flow" },
    { from: "conv2", to: "add1", shape, role: "flow" },
    { from: "add1", to: "@output", shape, role: "flow" },
  ]);
});

Deno.test("diagramOf() marks a branch of which only the size counts", () => {
  const measured = drawn(fork("match", maxPool(2), conv(4))).edges;
  assertEquals(measured.map(({ role }) => role), ["flow", "size", "flow", "flow", "flow"]);
  assertEquals(drawn(matchSize(maxPool(2))).edges.length, 3);
});

Deno.test("diagramOf() draws naive learning and masks without a trunk", () => {
  const diagram = drawn(nal(identity, mask(conv(64))));
  assert(labels(diagram).includes("M × T"));
  assertEquals(groupsOf(diagram.items).map(({ role }) => role), ["mask"]);
});

Deno.test("diagramOf() names layers that have a name, and the shape of a network that does nothing", () => {
  const net = chain(named("gate", sigmoid()), globalAveragePool(), named("top", dense(10)));
  assertEquals(labels(drawn(net)), ["gate | sigmoid", "global average pool", "top | dense, 10"]);
  assertEquals(drawn(identity, 3, [7]).edges, [
    { from: "@input", to: "@output", shape: [7], role: "flow" },
  ]);
});

Deno.test("diagrams of any network have unique boxes and edges that join them all", () => {
  fc.assert(fc.property(validNetworks, fc.nat(5), ({ net, input }, depth) => {
    const { items, edges } = drawn(net, depth, input);
    const paths = boxesOf(items).map(({ path }) => path);
    assertEquals(new Set(paths).size, paths.length);
    const groups = groupsOf(items).map(({ path }) => path);
    assertEquals(new Set(groups).size, groups.length);
    const known = new Set(paths);
    for (const { from, to } of edges) assert(known.has(from) && known.has(to), `${from} ${to}`);
    const entered = new Set(edges.map(({ to }) => to));
    const left = new Set(edges.map(({ from }) => from));
    assertEquals(paths.filter((path) => !entered.has(path)), ["@input"]);
    assertEquals(paths.filter((path) => !left.has(path)), ["@output"]);
  }));
});

Deno.test("single parts are drawn open or folded, whatever their level", () => {
  const planned = orThrow(
    plan(chain(stage(1, 2, 1, { depth: 1 }), repeat(3, preactivation())), MAP),
  );
  const shown = (options: FoldOptions) => {
    const { items, edges } = diagramOf(planned, options);
    const boxes = boxesOf(items).map(({ path }) => path);
    // Nothing hangs in the air: each line goes from a box to a box.
    for (const { from, to } of edges) {
      assert(boxes.includes(from) && boxes.includes(to), `${from} ${to}`);
    }
    return { boxes, groups: groupsOf(items).map(({ path, times }) => `${path} x${times}`) };
  };
  const folded = shown({ depth: 1 });
  assertEquals(folded.groups, []);
  const [module = ""] = folded.boxes.slice(1);
  const opened = shown({ depth: 1, open: [module] });
  assertEquals(opened.groups, [
    `${module} x1`,
    `${module}.trunk x1`,
    `${module}.mask x1`,
  ]);
  assertEquals(opened.boxes.at(-2), folded.boxes.at(-2));

  // Whatever is open can be folded, also what is no level of its own, and the other way round.
  const all = foldableParts(planned);
  const units = folded.boxes.at(-2) ?? "";
  assertEquals(shown({ depth: 9, closed: [module, units] }), folded);
  for (const path of all) {
    const { boxes } = shown({ depth: 9, closed: [path] });
    assert(boxes.includes(path), path);
    assert(!boxes.some((box) => box.startsWith(`${path}.`)), path);
  }

  // Of equal parts in a row one that is turned stands by itself.
  const [, second = ""] = all.filter((path) =>
    path.replace(/\d+$/, "") === units.replace(/\d+$/, "")
  );
  assertEquals(shown({ depth: 1, open: [units] }).groups, [`${units} x3`]);
  assertEquals(shown({ depth: 1, open: [second] }).groups, [`${second} x2`]);

  const wrong = (options: FoldOptions) => () => diagramOf(planned, options);
  assertThrows(wrong({ open: ["nowhere"] }), ProblemError, "nowhere");
  assertThrows(wrong({ open: [module], closed: [module] }), ProblemError, "open or folded");
});
