/** What plan() says of hourglasses that are too deep, and of forks that match sizes. */
import { assertEquals } from "@std/assert";
import {
  arl,
  basic,
  chain,
  hourglass,
  identity,
  mask,
  matchSize,
  named,
  type Net,
  numbered,
  orThrow,
  plan,
  type Problem,
  type Shape,
} from "../../mod.ts";
import { conv, resize } from "../../layers/mod.ts";
import { onlyProblem as soleProblem, problemsOf as allProblems } from "../_problems.ts";

/** What is wrong with a network. */
function problemsOf(net: Net, input: Shape): readonly Problem[] {
  return allProblems(plan(net, input));
}

/** The one thing that is wrong with a network, without the way there. */
function onlyProblem(net: Net, input: Shape): Problem {
  const { way: _, ...problem } = soleProblem(plan(net, input));
  return problem;
}

Deno.test("plan() reports an hourglass that is deeper than its map allows, with the depth it allows", () => {
  const unit = basic();
  const problem = onlyProblem(named("mask", hourglass({ depth: 4, unit })), [4, 4, 8]);
  assertEquals(problem, {
    path: "mask.resize3",
    layer: "match",
    code: "hourglass-too-deep",
    rule: "the hourglass is deeper than its map allows",
    got: "a map of 1x1x8 left to shrink at level 3",
    wanted: "a map of at least 2x2 before each level",
    hint: "use depth 2 or less, or a larger input",
  });
  assertEquals(problemsOf(hourglass({ depth: 2, unit }), [4, 4, 8]), []);
  assertEquals(onlyProblem(hourglass({ depth: 1, unit }), [1, 5, 8]).hint, "use a larger input");
});

Deno.test("plan() advises the depth that then fits, whatever stands around the hourglass", () => {
  const wrap: readonly ((net: Net) => Net)[] = [
    (net) => net,
    (net) => arl(identity, mask(net)),
    (net) => matchSize(chain(conv(8, { stride: 2 }), named("inner", net), conv(8), resize(16))),
    (net) => hourglass({ depth: 1, unit: numbered("unit", net) }),
  ];
  for (const around of wrap) {
    for (const size of [2, 3, 5, 8, 13]) {
      const deep = around(hourglass({ depth: 6, unit: basic() }));
      const hints = problemsOf(deep, [size, size, 8]).map(({ hint }) => hint);
      const [, allowed] = /use depth (\d+) or less/.exec(hints[0] ?? "") ?? [];
      if (allowed === undefined) {
        assertEquals(hints[0], "use a larger input");
        continue;
      }
      const fits = around(hourglass({ depth: Number(allowed), unit: basic() }));
      assertEquals(problemsOf(fits, [size, size, 8]), []);
    }
  }
});

Deno.test("plan() finds an hourglass of the same depth too deep from one size on", () => {
  for (let size = 1; size <= 20; size++) {
    for (let depth = 1; depth <= 4; depth++) {
      // Ceil mode halves n to ceil((n - 1) / 2), and needs two pixels each time.
      let map = size;
      let fits = true;
      for (let level = 0; level < depth; level++) {
        fits &&= map >= 2;
        map = Math.ceil((map - 1) / 2);
      }
      const problems = problemsOf(hourglass({ depth, unit: basic() }), [size, size, 4]);
      assertEquals(problems.length, fits ? 0 : 1, `depth ${depth} on ${size}`);
    }
  }
});

Deno.test("plan() lets a fork that matches sizes work on a map of one pixel", () => {
  assertEquals(orThrow(plan(matchSize(chain(conv(4), resize(3))), [1, 1, 2])).output, [1, 1, 4]);
  const problem = onlyProblem(matchSize(conv(4, { kernel: 3, padding: "valid" })), [1, 1, 2]);
  assertEquals([problem.path, problem.rule], ["conv1", "the kernel is larger than its map"]);
});

Deno.test("plan() reports other faults inside an hourglass that is too deep", () => {
  const problems = problemsOf(hourglass({ depth: 2, unit: conv(8, { groups: 3 }) }), [2, 2, 8]);
  assertEquals(problems.map(({ path }) => path).includes("resize2"), true);
  assertEquals(problems.filter(({ rule }) => rule.includes("groups")).length > 0, true);
});
