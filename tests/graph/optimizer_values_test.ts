/** Which values are optimisers: own ones, and what is refused. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type AnyOptimizer,
  chain,
  clip,
  eachParameter,
  ema,
  freeze,
  groups,
  initialParameters,
  lion,
  muon,
  type Optimizer,
  type OptimizerStep,
  orThrow,
  plan,
  ProblemError,
  sgd,
  type Tensors,
  type Trained,
  trainingStep,
} from "../../mod.ts";
import { conv, dense, flatten } from "../../layers/mod.ts";
import { recordOf } from "../../dsl/programs/meaning.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { planned } from "./_planned.ts";

const own = (kind: string, options: object = {}) => ({ kind, options, update: () => [] });
const circle: Record<string, unknown> = {};
circle.of = circle;

Deno.test("optimizerOf() takes an own optimiser that holds others", () => {
  const options = { share: 0.5, of: own("inner", { list: [1, null, "x"] }), left: undefined };
  assertEquals(optimizerOf(own("outer", options))._tag, "Right");
});

/** What a script without types may give. */
const BAD: readonly (readonly [given: unknown, path: string, code: string, hint: string])[] = [
  [{ kind: "adam" }, "optimizer", "unknown-optimizer", "adamw"],
  [{ learningRate: 3 }, "optimizer", "unknown-optimizer", ""],
  ["sgd", "optimizer", "unknown-optimizer", ""],
  [undefined, "optimizer", "unknown-optimizer", ""],
  [null, "optimizer", "unknown-optimizer", ""],
  [{ kind: "constructor" }, "optimizer", "unknown-optimizer", ""],
  [{ kind: "sgd", momentun: 0.9 }, "optimizer.momentun", "unknown-option", "momentum"],
  [{ kind: "sgd", momentum: "0.9" }, "optimizer.momentum", "invalid-option", ""],
  [{ ...clip(1, sgd()), norm: -1 }, "optimizer.norm", "invalid-option", ""],
  [{ kind: "clip", norm: 1 }, "optimizer.of", "invalid-option", ""],
  [{ ...clip(1, sgd()), of: { kind: "sdg" } }, "optimizer.of", "unknown-optimizer", "sgd"],
  [{ ...muon(), iterations: 0 }, "optimizer.iterations", "invalid-option", ""],
  [{ kind: "lion", update: () => [] }, "optimizer.kind", "reserved-kind", "another kind"],
  [{ ...clip(1, sgd()), of: own("muon") }, "optimizer.of.kind", "reserved-kind", "another kind"],
  [own("own", { kind: "sgd" }), "optimizer.options.kind", "invalid-option", "closure"],
  [own("own", { share: NaN }), "optimizer.options.share", "invalid-option", "closure"],
  [own("own", { of: [new Map()] }), "optimizer.options.of.0", "invalid-option", "closure"],
  [own("own", { f: () => 0 }), "optimizer.options.f", "invalid-option", "closure"],
  [own("own", [1]), "optimizer.options", "invalid-option", "closure"],
  [own("own", circle), "optimizer.options.of", "invalid-option", "closure"],
  [
    { ...groups([], sgd()), groups: [{ pth: "x" }] },
    ...["optimizer.groups[0].pth", "unknown-option", "path"] as const,
  ],
  [
    { ...groups([], sgd()), groups: [{ role: "kernl" }] },
    ...["optimizer.groups[0].role", "invalid-option", ""] as const,
  ],
  [{ kind: "own", update: "y" }, "optimizer.update", "invalid-argument", ""],
  [{ kind: "own", update: () => [], wieghts: 3 }, "optimizer.wieghts", "unknown-option", "weights"],
];

for (const [given, path, code, hint] of BAD) {
  Deno.test(`optimizerOf() refuses ${Deno.inspect(given, { breakLength: Infinity })}`, () => {
    const result = optimizerOf(given);
    const [problem] = result._tag === "Left" ? result.left : [];
    assertEquals([problem?.path, problem?.code], [path, code]);
    assert(problem?.hint.includes(hint));
  });
}

Deno.test("trainingStep() refuses an optimiser that there is not, or that leaves a parameter out", () => {
  const adam = JSON.parse('{ "kind": "adam" }');
  assertThrows(() => trainingStep(planned, { batch: 2, optimizer: adam }), ProblemError, "adamw");
  const lazy = { kind: "lazy", update: () => [] };
  assertThrows(() => trainingStep(planned, { batch: 2, optimizer: lazy }), ProblemError, "lazy");
  const many: Optimizer = {
    kind: "many",
    update: (_, trained) => [...trained, ...trained].map(({ value }) => value),
  };
  for (const optimizer of [many, clip(1, many), groups([{ role: "bias" }], many)]) {
    assertThrows(() => trainingStep(planned, { batch: 2, optimizer }), ProblemError, "many gives");
  }
  const wrong = eachParameter({ kind: "wrong", update: ({ graph }) => graph.constant(0, [7]) });
  assertThrows(() => trainingStep(planned, { batch: 2, optimizer: wrong }), ProblemError, "wrong");
});

const groupNames = (optimizer: AnyOptimizer, of = planned) =>
  trainingStep(of, { batch: 2, optimizer }).state.map(({ name }) => name);

Deno.test("groups() refuses a group without parameters, unless it is told that there may be none", () => {
  const cases = [
    groups([{ path: "dens1", rate: 0 }], sgd()),
    groups([{ path: "dense", rate: 0 }], sgd()),
    groups([{ path: "dense1" }, { path: "dense1.kernel", rate: 0 }], sgd()),
    groups([{ path: "" }, { role: "bias", rate: 0 }], sgd()),
    muon({ others: groups([{ role: "kernel", rate: 0 }], sgd()) }),
  ];
  for (const optimizer of cases) {
    const error = assertThrows(() => groupNames(optimizer), ProblemError);
    assertEquals(error.problems[0]?.code, "group-without-parameters");
  }
  groupNames(groups([{ path: "head", rate: 0, optional: true }], sgd()));
  const frozen = orThrow(freeze(chain(conv(3), flatten(), dense(3)), "conv1"));
  groupNames(groups([{ path: "conv1", rate: 0.1 }], sgd()), orThrow(plan(frozen, [3, 3, 2])));
});

Deno.test("the empty path of a group is the whole network; its schedule may be a name", () => {
  const names = groupNames(groups([{ path: "", optimizer: lion(), schedule: "cosine" }], sgd()));
  assert(names.includes("@lion.m/dense1.bias") && !names.includes("@momentum/dense1.bias"));
});

Deno.test("ema() refuses an optimiser that has an average already, however deep", () => {
  const cases = [
    { kind: "ema", keep: 0.9, of: ema(0.5, sgd()) },
    { kind: "ema", keep: 0.9, of: clip(1, ema(0.5, sgd())) },
    { kind: "ema", keep: 0.9, of: groups([{ role: "bias", optimizer: ema(0.5, sgd()) }], sgd()) },
    { kind: "ema", keep: 0.9, of: muon({ others: ema(0.5, sgd()) }) },
  ];
  for (const given of cases) {
    const read = optimizerOf(given);
    assertEquals(read._tag === "Left" ? read.left[0]?.code : "", "averaged-twice");
  }
});

Deno.test("optimizerOf() refuses one that holds itself", () => {
  const round: { kind: string; norm: number; of?: unknown } = { kind: "clip", norm: 1 };
  round.of = round;
  const read = optimizerOf(round);
  assertEquals(read._tag === "Left" ? read.left[0]?.code : "", "too-deep");
});

Deno.test("an optimiser may be an instance of a class, also inside others", () => {
  class Own implements Optimizer {
    readonly kind = "own";
    readonly #by = 0.5;
    update({ graph }: OptimizerStep, trained: readonly Trained[]): readonly number[] {
      return trained.map(({ gradient }) => graph.apply({ op: "scale", by: this.#by }, [gradient]));
    }
    weights(state: Tensors): Tensors {
      return new Map([...state].slice(0, Math.round(this.#by * 2)));
    }
  }
  for (const optimizer of [new Own(), clip(1, new Own()), groups([{ role: "bias" }], new Own())]) {
    groupNames(optimizer);
    const { weights } = orThrow(optimizerOf(optimizer));
    assertEquals(weights?.(initialParameters(planned, 0)).size, 1);
  }
  assertEquals(recordOf(new Own()), { kind: "own" });
});
