/** Rules of a user's own, from plain JavaScript: what they hold and give is judged, and said where. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  chain,
  countOperations,
  diagram,
  fork,
  fromJSON,
  inference,
  type Language,
  language,
  layer,
  type LayerRule,
  leaves,
  type MergeRule,
  mergeRule,
  orThrow,
  plan,
  pointwise,
  ProblemError,
  type Result,
  rule,
  type ShapeReport,
  standard,
  summary,
  toJSON,
} from "../../mod.ts";
import { conv, relu, scale } from "../../layers/mod.ts";
import { torchModule } from "../../layers/bound/torch.ts";
import { finite } from "../../dsl/plan/fields.ts";

interface Own {
  readonly type: "own";
  readonly by: number;
}

const OWN: LayerRule<Own> = {
  ...pointwise(1),
  type: "own",
  label: "own",
  fields: { by: finite },
  parameters: (_, input) => [GAMMA(input.slice(-1))],
  lower: (_, { graph, input, parameter }) =>
    graph.apply({ op: "multiply" }, [input, parameter("gamma")]),
};
const GAMMA = (shape: readonly number[]) => ({
  ...{ name: "gamma", shape, role: "scale", initializer: "ones", fanIn: 1, fanOut: 1 } as const,
});
const MEAN: MergeRule = {
  merge: "mean",
  branches: "any",
  shape: ([first = []]) => ({ output: first, faults: [] }),
  cost: () => ({ macs: 0, flops: 0 }),
  lower: (_, [first = NaN]) => first,
};
const own = layer<Own>({ type: "own", by: 2 });
const net = chain(relu(), own);
const both = chain(relu(), fork("mean", relu(), relu()));

/** A rule that a script without types may give. */
const ruleOf = (parts: object): Language =>
  standard.with(Reflect.apply(rule, undefined, [{ ...OWN, ...parts }]));
const mergeOf = (parts: object): Language =>
  standard.with(Reflect.apply(mergeRule, undefined, [{ ...MEAN, ...parts }]));
const problemsOf = (result: Result<unknown>) => result._tag === "Left" ? result.left : [];
const codes = (work: () => unknown) => {
  const error: ProblemError = assertThrows(work, ProblemError);
  return error.problems.map(({ code, path }) => [code, path]);
};

Deno.test("rule() and mergeRule() refuse what is wrong, missing or misspelt in them", () => {
  for (
    const parts of [
      { lower: 3 },
      { type: 3 },
      { fields: null },
      { fields: { by: "number" } },
      { torch: "x" },
      { shape: undefined },
    ]
  ) {
    assertEquals(codes(() => ruleOf(parts)), [["invalid-argument", Object.keys(parts)[0]]]);
  }
  for (const parts of [{ branches: 2 }, { torch: { applies: 3 } }, { sight: "all" }]) {
    assertEquals(codes(() => mergeOf(parts)), [["invalid-argument", Object.keys(parts)[0]]]);
  }
  assertEquals(codes(() => ruleOf({ torhc: () => "x" })), [["unknown-option", "torhc"]]);
  assertEquals(codes(() => mergeOf({ torhc: () => "x" })), [["unknown-option", "torhc"]]);
});

Deno.test("what a layer's rule gives is judged, and the layer named", () => {
  const shape = (report: unknown) => ({ shape: () => report });
  const parameter = (parts: object) => ({ parameters: () => [{ ...GAMMA([4]), ...parts }] });
  const wrong = [
    ...[undefined, [4], { output: [4] }, { output: [], faults: [] }, { output: [0], faults: [] }],
    ...[{ output: [1.5], faults: [] }, { output: [NaN], faults: [] }, { output: [4], faults: [3] }],
  ].map(shape);
  const cases = [
    ...wrong,
    { cost: () => undefined },
    { cost: () => ({ macs: NaN, flops: 0 }) },
    { parameters: () => 3 },
    { parameters: () => [GAMMA([4]), GAMMA([4])] },
    ...[{ initializer: "xavier" }, { role: "wieght" }, { fanIn: undefined }, { fanOut: 0 }]
      .map(parameter),
    ...[{ shape: [1.5, 2, -3] }, { shape: [NaN] }, { name: 3 }].map(parameter),
  ];
  for (const parts of cases) {
    const [problem, ...others] = problemsOf(plan(net, [4], { language: ruleOf(parts) }));
    assertEquals([problem?.code, problem?.path, others], ["invalid-rule", "own1", []]);
    assert(problem?.hint.includes(Object.keys(parts)[0] ?? ""));
  }
});

Deno.test("what a merge's rule gives is judged, and the merge named", () => {
  const bad = () => ({ output: [4], faults: [FAULT] });
  const cases = [
    { shape: () => undefined },
    { cost: () => undefined },
    { reword: () => 3, shape: bad },
  ];
  for (const parts of cases) {
    const problems = problemsOf(plan(both, [4], { language: mergeOf(parts) }));
    assertEquals(problems.map(({ code, path }) => [code, path]), [["invalid-rule", "mean1"]]);
  }
});
const FAULT = { code: "own", rule: "a rule", got: "x", wanted: "y", hint: "" };

Deno.test("a lowering gives the shape that its rule says, of a layer and of a merge", () => {
  const wider = (input: readonly number[]): ShapeReport => ({ output: [...input, 1], faults: [] });
  const cases: readonly (readonly [typeof net, Language, string])[] = [
    [net, ruleOf({ shape: (_: Own, input: readonly number[]) => wider(input) }), "own1"],
    [net, ruleOf({ lower: () => undefined }), "own1"],
    [net, ruleOf({ lower: () => 99 }), "own1"],
    [both, mergeOf({ lower: () => undefined }), "mean1"],
    [both, mergeOf({ shape: ([first = []]: readonly number[][]) => wider(first) }), "mean1"],
  ];
  for (const [part, language, path] of cases) {
    const planned = orThrow(plan(part, [4], { language }));
    assertEquals(codes(() => inference(planned, 2)), [["lowering-does-not-fit", path]]);
  }
});

Deno.test("facets that are none are told by the readings that need them", () => {
  const map = [4, 4, 3] as const;
  const read = (parts: object) => ({ language: ruleOf(parts) });
  const torch = read({ torch: () => "x" });
  assertEquals(codes(() => torchModule(net, map, torch))[0]?.[0], "invalid-rule");
  const elsewhere = orThrow(plan(net, map, read({ elsewhere: () => 3 })));
  assertEquals(codes(() => countOperations(elsewhere, "fvcore"))[0]?.[0], "invalid-rule");
  const drawing = orThrow(plan(net, map, read({ drawing: () => "box" })));
  assertEquals(codes(() => diagram(drawing))[0]?.[0], "invalid-rule");
  const sight = read({ sight: () => "map" });
  assertEquals(codes(() => summary(net, map, sight))[0]?.[0], "invalid-rule");
});

Deno.test("a language holds rules alone, made by whom they may", () => {
  for (const wrong of [3, { of: "foo" }, { of: "layer", type: "x" }, { of: "merge", merge: "x" }]) {
    assertEquals(
      codes(() => Reflect.apply(language, undefined, [wrong]))[0]?.[0],
      "invalid-argument",
    );
    assertEquals(codes(() => Reflect.apply(standard.with, undefined, [wrong])).length, 1);
  }
  const using = { language: { layers: new Map([["relu", 3]]), merges: new Map() } };
  assertEquals(codes(() => Reflect.apply(plan, undefined, [net, [4], using])).length, 1);
  const copied = { ...standard, layers: new Map(standard.layers) };
  assertEquals(orThrow(plan(relu(), [4], { language: copied })).output, [4]);
});

Deno.test("rules may be instances of classes, or made of other rules", () => {
  class Mean implements MergeRule {
    readonly merge = "mean";
    readonly branches = "any";
    readonly #flops = 7;
    shape([first = []]: readonly (readonly number[])[]): ShapeReport {
      return { output: first, faults: [] };
    }
    cost(): { readonly macs: number; readonly flops: number } {
      return { macs: 0, flops: this.#flops };
    }
    lower(_: unknown, [first = NaN]: readonly number[]): number {
      return first;
    }
  }
  for (const merge of [mergeRule(new Mean()), mergeRule({ ...mergeRule(new Mean()) })]) {
    const planned = orThrow(plan(both, [4], { language: standard.with(merge) }));
    const [, , , last] = leaves(planned);
    assertEquals(last?.cost.flops, 7);
  }
});

Deno.test("is() of a rule tells a layer's fields without a cast", () => {
  const ownRule = rule<Own>(OWN);
  const planned = orThrow(plan(net, [4], { language: standard.with(ownRule) }));
  const factors = leaves(planned).map((leaf) =>
    leaf.kind === "layer" && ownRule.is(leaf.layer) ? leaf.layer.by : 1
  );
  assertEquals(factors, [1, 2]);
  assert(!ownRule.is({ type: "own" }));
});

Deno.test("an unknown merge in JSON is told as an unknown layer is", () => {
  const [unknown] = problemsOf(fromJSON(toJSON(both)));
  assertEquals([unknown?.code, unknown?.path], ["unknown-merge", "net.nets[1].merge"]);
  assert(unknown?.hint.includes("standard.with"));
  const [near] = problemsOf(fromJSON(toJSON(fork("ad", conv(2), conv(2)))));
  assertEquals(near?.hint, 'did you mean "add"?');
});

Deno.test("a configuration that holds itself is refused, and JSON holds numbers as they are", () => {
  const round: { type: "round"; self?: unknown } = { type: "round" };
  round.self = round;
  assertThrows(() => layer(round), ProblemError, "plain data");
  for (const by of [NaN, 10n, () => 3]) {
    const call = () => toJSON(Reflect.apply(scale, undefined, [by]));
    assertThrows(call, ProblemError, "JSON");
  }
});

Deno.test("summary() and torchModule() list language among their options", () => {
  for (const called of [summary, torchModule]) {
    const call = () => Reflect.apply(called, undefined, [relu(), [4], { langage: standard }]);
    assertThrows(call, ProblemError, 'did you mean "language"?');
  }
});
