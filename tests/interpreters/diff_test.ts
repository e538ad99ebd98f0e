/** What a comparison of two networks finds, and the laws that it keeps. */
import { assertEquals, AssertionError, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import {
  type Amounts,
  arl,
  chain,
  cost,
  type Diff,
  diff,
  type Difference,
  fork,
  hourglass,
  identity,
  mask,
  nal,
  named,
  type Net,
  orThrow,
  params,
  type Plan,
  plan,
  preactivation,
  repeat,
  residual,
  type Shape,
  stage,
} from "../../mod.ts";
import { renderDiff } from "../../dsl/interpreters/diff/mod.ts";
import { conv, globalAveragePool, maxPool, relu } from "../../layers/mod.ts";
import { attention56, attention92 } from "../../nets/residual_attention.ts";
import { validNetworks } from "../_arbitraries.ts";

const planned = (net: Net, input: Shape = [32, 32, 64]): Plan => orThrow(plan(net, input));

const between = (a: Net, b: Net, input?: Shape): Diff => diff(planned(a, input), planned(b, input));

/** A difference in a few words. */
function words(difference: Difference): string {
  switch (difference.kind) {
    case "added":
    case "removed":
      return `${difference.kind} ${difference.path}`;
    case "renamed":
      return `renamed ${difference.path.before} ${difference.path.after}`;
    case "changed":
      return `changed ${difference.path.before} ${difference.fields.map(({ field }) => field)}`;
  }
}

const found = (...nets: Parameters<typeof between>): readonly string[] =>
  between(...nets).differences.map(words);

Deno.test("diff() finds nothing between a network and itself", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    const result = between(net, net, input);
    assertEquals([result.equal, result.differences], [true, []]);
  }));
});

const AMOUNTS = ["layers", "params", "trainable", "macs", "flops"] as const;

function change(difference: Difference): Amounts {
  const of = (value: (amount: keyof Amounts) => number): Amounts => ({
    layers: value("layers"),
    params: value("params"),
    trainable: value("trainable"),
    macs: value("macs"),
    flops: value("flops"),
  });
  switch (difference.kind) {
    case "added":
      return of((amount) => difference[amount]);
    case "removed":
      return of((amount) => -difference[amount]);
    case "renamed":
      return of(() => 0);
    case "changed":
      return of((amount) => difference.amounts.after[amount] - difference.amounts.before[amount]);
  }
}

Deno.test("diff() tells differences that add up to the difference of the totals", () => {
  fc.assert(fc.property(validNetworks, validNetworks, (a, b) => {
    const [before, after] = [planned(a.net, a.input), planned(b.net, b.input)];
    const { totals, differences } = diff(before, after);
    const changes = differences.map(change);
    for (const amount of AMOUNTS) {
      const sum = changes.reduce((sum, one) => sum + one[amount], 0);
      assertEquals(sum, totals.after[amount] - totals.before[amount], amount);
    }
    assertEquals(totals.after.params, params(after).total);
    assertEquals(totals.before.macs, cost(before).macs);
  }));
});

interface Both<A> {
  readonly before: A;
  readonly after: A;
}

/** A difference as it is seen from the other side. */
function mirrored(difference: Difference): unknown {
  const flip = <A>({ before, after }: Both<A>): Both<A> => ({ before: after, after: before });
  return told(difference, flip);
}

/** A difference without what concerns the second network alone. */
function told(difference: Difference, turn: <A>(both: Both<A>) => Both<A>): unknown {
  switch (difference.kind) {
    case "added":
    case "removed": {
      const { before, after } = turn({ before: "removed", after: "added" });
      return { ...difference, kind: difference.kind === "added" ? after : before };
    }
    case "renamed":
      return { ...difference, path: turn(difference.path), layers: turn(difference.layers) };
    case "changed": {
      const { kind, path, fields, input, output, amounts } = difference;
      return {
        kind,
        path: turn(path),
        fields: fields.map(({ field, ...values }) => JSON.stringify([field, turn(values)])).sort(),
        shapes: [turn(input), turn(output)],
        amounts: turn(amounts),
      };
    }
  }
}

Deno.test("diff() finds the same from both sides", () => {
  fc.assert(fc.property(validNetworks, validNetworks, (a, b) => {
    const [one, other] = [planned(a.net, a.input), planned(b.net, b.input)];
    const there = diff(one, other).differences.map((difference) =>
      told(difference, (both) => both)
    );
    const back = diff(other, one).differences.map(mirrored);
    const sorted = (all: readonly unknown[]) => all.map((each) => JSON.stringify(each)).sort();
    assertEquals(sorted(back), sorted(there));
  }));
});

const unit = preactivation();
const short = stage(1, 2, 1, { depth: 1 });

Deno.test("diff() tells of a module put in between, and that those behind it have new numbers", () => {
  const other = stage(2, 1, 1, { depth: 1 });
  assertEquals(found(repeat(3, short), chain(short, other, short, short)), [
    "added module2",
    "renamed module2 module3",
    "renamed module3 module4",
  ]);
  assertEquals(found(chain(short, other, short, short), repeat(3, short)), [
    "removed module2",
    "renamed module3 module2",
    "renamed module4 module3",
  ]);
});

Deno.test("diff() tells of modules appended to equal ones by their paths alone", () => {
  const differences = between(attention56(), attention92(), [32, 32, 3]).differences;
  assertEquals(differences.map(words), [
    "added stage1.module2",
    "added stage2.module2",
    "added stage3.module2",
  ]);
});

Deno.test("diff() names the fields that changed, with both values", () => {
  const [difference] =
    between(conv(8, { kernel: 3 }), conv(16, { kernel: 3, bias: true })).differences;
  if (difference?.kind !== "changed") throw new AssertionError("nothing has changed");
  assertEquals(difference.fields, [
    { field: "width", before: 8, after: 16 },
    { field: "bias", before: false, after: true },
  ]);
  assertEquals(difference.output, { before: [32, 32, 8], after: [32, 32, 16] });
  const { before, after } = difference.amounts;
  assertEquals([before.params, after.params], [9 * 64 * 8, 9 * 64 * 16 + 16]);
});

Deno.test("diff() finds a merge that changed, and nothing in its branches", () => {
  const branch = mask(hourglass({ depth: 2 }));
  const both = [arl(repeat(2, unit), branch), nal(repeat(2, unit), branch)] as const;
  assertEquals(found(...both), ["changed attend1 merge"]);
});

Deno.test("diff() finds the levels that a deeper hourglass has more", () => {
  assertEquals(found(hourglass({ depth: 1 }), hourglass({ depth: 2 })), [
    "removed down1.unit2",
    "added add1",
    "added up1",
  ]);
});

Deno.test("diff() takes a shortcut that became a projection for an added layer", () => {
  const body = chain(relu(), conv(64, { kernel: 3 }));
  assertEquals(found(residual(body), residual(body, named("projection", conv(64)))), [
    "added projection",
  ]);
});

Deno.test("diff() tells of new names of equal parts, once for all they hold", () => {
  assertEquals(found(named("a", repeat(3, unit)), named("b", repeat(3, unit))), ["renamed a b"]);
  assertEquals(found(conv(8), named("stem", conv(8))), ["removed conv1", "added stem"]);
});

Deno.test("diff() tells of layers that only see another shape without any fields", () => {
  const [first, second] = between(chain(conv(8), relu()), chain(conv(4), relu())).differences;
  assertEquals([first, second].map((one) => one && words(one)), [
    "changed conv1 width",
    "changed relu1 ",
  ]);
  const plans = [planned(identity, [3]), planned(identity, [4])] as const;
  assertEquals([diff(...plans).equal, diff(...plans).differences], [false, []]);
});

Deno.test("diff() compares long chains without filling a table of all pairs", () => {
  const layers = (count: number, width: number) =>
    chain(...Array.from({ length: count }, (_, i) => i % 2 === 0 ? conv(width) : relu()));
  const { differences, totals } = between(layers(6_000, 4), layers(6_001, 8), [2, 2, 4]);
  assertEquals(differences.filter(({ kind }) => kind === "added").length, 1);
  assertEquals(totals.after.layers, 6_001);
});

Deno.test("renderDiff() gathers what is the same in parts of other numbers", () => {
  const text = renderDiff(between(repeat(3, unit), repeat(7, unit)), {
    names: { before: "three", after: "seven" },
  });
  assertStringIncludes(text, "--- three\n+++ seven\n");
  assertStringIncludes(text, "+ unit{4..7}");
  assertStringIncludes(text, "4 times part of 10 layers, 32x32x64 to 32x32x64");
  const same = diff(planned(unit), planned(unit));
  assertEquals(renderDiff(same), "--- a\n+++ b\nno differences\n");
});

Deno.test("renderDiff() counts layers that follow from a change by the part they are in", () => {
  const net = (width: number) =>
    chain(conv(width), named("body", chain(relu(), maxPool(2), relu())), globalAveragePool());
  const text = renderDiff(between(fork("add", net(8)), fork("add", net(4))));
  assertStringIncludes(text, "~ body");
  assertStringIncludes(text, "3 layers with other shapes or counts");
});
