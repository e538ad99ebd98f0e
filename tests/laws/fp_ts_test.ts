/** Our results and monoids have the shape of fp-ts's: its functions take them, and give them back. */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import * as E from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import * as M from "fp-ts/Monoid.js";
import * as N from "fp-ts/number.js";
import * as O from "../../dsl/problem/monoid.ts";
import { COST, cost } from "../../dsl/interpreters/counts/cost.ts";
import { leaves } from "../../dsl/plan/fold.ts";
import { conv, relu } from "../../layers/mod.ts";
import { chain, orThrow, plan, type Result } from "../../mod.ts";
import { fail, right } from "../../dsl/problem/result.ts";

Deno.test("fp-ts chains, maps and folds our results", () => {
  const net = chain(conv(8, { kernel: 3 }), relu());
  const macs = (input: readonly number[]): Result<number> =>
    pipe(plan(net, input), E.map(cost), E.map(({ macs }) => macs));
  assertEquals(macs([4, 4, 3]), right(4 * 4 * 8 * 27));
  assertEquals(pipe(macs([4]), E.match((problems) => problems.length > 0, () => false)), true);
  const problem = { path: "", layer: "", code: "no", rule: "", got: "", wanted: "", hint: "" };
  const none: Result<number> = fail(problem);
  assertEquals(pipe(none, E.orElse(() => right(1)), E.getOrElse(() => 0)), 1);
});

Deno.test("fp-ts puts values together by our monoids as we do, and we by its", () => {
  const costs = fc.array(fc.record({ macs: fc.nat(), flops: fc.nat() }));
  fc.assert(fc.property(costs, (values) => {
    const ours = O.concatAll(COST)(values);
    assertEquals(M.concatAll(COST)(values), ours);
    assertEquals(M.concatAll(M.struct({ macs: O.SUM, flops: O.SUM }))(values), ours);
    assertEquals(O.concatAll(O.struct({ macs: N.MonoidSum, flops: N.MonoidSum }))(values), ours);
    assertEquals(O.concatAll(M.tuple(O.SUM, O.MAX))(values.map((v) => [v.macs, v.flops])), [
      ours.macs,
      Math.max(...values.map(({ flops }) => flops)),
    ]);
  }));
});

Deno.test("a monoid's neutral value changes nothing, and brackets do not matter", () => {
  const value = fc.record({ sum: fc.integer(), most: fc.integer() });
  const { concat, empty } = O.struct({ sum: O.SUM, most: O.MAX });
  fc.assert(fc.property(value, value, value, (a, b, c) => {
    assertEquals(concat(a, empty), a);
    assertEquals(concat(empty, a), a);
    assertEquals(concat(concat(a, b), c), concat(a, concat(b, c)));
  }));
});

Deno.test("a network's cost is what fp-ts makes of its leaves", () => {
  const planned = orThrow(plan(chain(conv(8), relu(), conv(4)), [5, 5, 3]));
  assertEquals(M.concatAll(COST)(leaves(planned).map((leaf) => leaf.cost)), cost(planned));
});
