/** Where diagrams put things: nothing overlaps, lines run straight, an hourglass keeps its axis. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { hourglass, orThrow, plan, stage } from "../../mod.ts";
import { boxesOf, type Diagram, diagramOf } from "../../dsl/interpreters/diagram/mod.ts";
import { type Frame, layOut } from "../../dsl/interpreters/diagram/layout.ts";
import { attention56 } from "../../nets/residual_attention.ts";
import { validNetworks } from "../_arbitraries.ts";

const random: fc.Arbitrary<Diagram> = fc.tuple(validNetworks, fc.nat(5))
  .map(([{ net, input }, depth]) => diagramOf(orThrow(plan(net, input)), { depth }));

/** How far two frames are from each other; negative where they overlap. */
function distance(a: Frame, b: Frame): number {
  const [dx, dy] = [a.center[0] - b.center[0], a.center[1] - b.center[1]].map(Math.abs);
  return Math.max((dx ?? 0) - (a.width + b.width) / 2, (dy ?? 0) - (a.height + b.height) / 2);
}

Deno.test("boxes do not overlap and lie within the picture", () => {
  fc.assert(fc.property(random, (diagram) => {
    const { boxes, groups, frame } = layOut(diagram);
    const all = [...boxes.values()];
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) assert(distance(a, b) >= 10, JSON.stringify([a, b]));
    }
    for (const { center: [x, y], width, height } of [...all, ...groups.values()]) {
      assert(Math.abs(x - frame.center[0]) <= (frame.width - width) / 2 + 0.01);
      assert(Math.abs(y - frame.center[1]) <= (frame.height - height) / 2 + 0.01);
    }
  }));
});

Deno.test("routes are those of the edges, in their order, in horizontal and vertical pieces", () => {
  fc.assert(fc.property(random, (diagram) => {
    const { routes, boxes } = layOut(diagram);
    assertEquals(
      routes.map(({ from, to }) => [from, to]),
      diagram.edges.map(({ from, to }) => [from, to]),
    );
    for (const { from, to, points } of routes) {
      points.slice(1).forEach(([x, y], i) => {
        const [u, v] = points[i] ?? [NaN, NaN];
        assert(Math.abs(x - u) < 1e-6 || Math.abs(y - v) < 1e-6);
      });
      const [start, end] = [boxes.get(from), boxes.get(to)];
      const [first, last] = [points[0] ?? [NaN, NaN], points.at(-1) ?? [NaN, NaN]];
      assertEquals(first[0], start?.center[0]);
      assert(last[1] <= (end?.center[1] ?? NaN) + 1e-6);
    }
  }));
});

Deno.test("an hourglass is drawn on one axis, narrower towards its waist", () => {
  const diagram = diagramOf(orThrow(plan(hourglass({ depth: 3 }), [32, 32, 64])), { depth: 1 });
  const { boxes } = layOut(diagram);
  const frames = boxesOf(diagram.items)
    .filter(({ kind, path }) => (kind === "pool" || kind === "resize") && !path.includes("skip"))
    .map(({ path }) => boxes.get(path));
  assertEquals(new Set(frames.map((frame) => frame?.center[0])).size, 1);
  const widths = frames.map((frame) => frame?.width ?? NaN);
  assertEquals(widths, widths.toReversed());
  assert((widths[0] ?? 0) > (widths[1] ?? 0) && (widths[1] ?? 0) > (widths[2] ?? 0));
});

Deno.test("a trunk runs straight through its module, the mask beside it", () => {
  const { boxes, groups } = layOut(diagramOf(orThrow(plan(stage(1, 2, 1), [32, 32, 64]))));
  const x = (path: string) => boxes.get(path)?.center[0];
  const trunk = x("module1.trunk.unit1");
  assertEquals([x("module1.unit1"), x("module1.attend1"), x("module1.unit2")], [
    trunk,
    trunk,
    trunk,
  ]);
  const [left, right] = ["trunk", "mask"].map((name) => groups.get(`module1.${name}`));
  assert(left !== undefined && right !== undefined && distance(left, right) > 0);
});

Deno.test("a long network is broken into columns, so that it is not much taller than wide", () => {
  const planned = orThrow(plan(attention56(), [32, 32, 3]));
  const { frame, boxes } = layOut(diagramOf(planned));
  assert(frame.height < 1.5 * frame.width);
  const stages = [1, 2, 3].map((i) => boxes.get(`stage${i}.unit1`)?.center[0] ?? NaN);
  assertEquals(stages, stages.toSorted((a, b) => a - b));
  assertEquals(new Set(stages).size, 3);
});
