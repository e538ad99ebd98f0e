/**
 * Optimisers by value. Each function gives plain data that a run folder can hold; {@link
 * optimizerOf} gives it its meaning. They compose: `clip(1, ema(0.999, muon()))`.
 */
import { ANYTHING, FUNCTION, settling } from "../../problem/expect.ts";
import { count, epsilon, flag, numberField } from "../../plan/fields.ts";
import type { Field } from "../../plan/configuration.ts";
import type { ParameterRole } from "../../plan/rule.ts";
import type { Problem } from "../../problem/problem.ts";
import { fail, left, type Result, right } from "../../problem/result.ts";
import {
  around,
  FUNCTION_OR_NONE,
  KIND,
  type Kind,
  kind,
  made,
  maybe,
  optionProblems,
  over,
  readerOf,
  valueField,
} from "../meaning.ts";
import { scheduleOrName } from "../schedule.ts";
import { adamwOf, sgdOf } from "./fused.ts";
import { groupsOf } from "./groups.ts";
import { lionOf } from "./lion.ts";
import { muonOf } from "./muon.ts";
import type { Optimizer } from "./optimizer.ts";
import type {
  AdamWOptions,
  AnyOptimizer,
  AverageOptions,
  ClipOptions,
  DecayScope,
  Group,
  GroupsOptions,
  LionOptions,
  MuonOptions,
  OptimizerOptions,
  SgdOptions,
} from "./options.ts";
import { averageOf, clipOf } from "./wrappers.ts";

/** Stochastic gradient descent with momentum, Nesterov's by default. */
export function sgd(options: Omit<SgdOptions, "kind"> = {}): SgdOptions {
  return made(optimizerOf, settling(options, { kind: "sgd" }));
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
export function adamw(options: Omit<AdamWOptions, "kind"> = {}): AdamWOptions {
  return made(optimizerOf, settling(options, { kind: "adamw" }));
}

/** Lion (Chen et al., 2023): a step of the rate's length in every direction. */
export function lion(options: Omit<LionOptions, "kind"> = {}): LionOptions {
  return made(optimizerOf, settling(options, { kind: "lion" }));
}

/**
 * Muon (Jordan et al., 2024) on every kernel, `others` on everything else.
 *
 * @example Kernels by Muon, the rest by SGD at a fifth of the rate, the head by AdamW
 * ```ts
 * import { assert } from "@std/assert";
 * import { adamw, chain, groups, muon, orThrow, plan, sgd, trainingStep } from "@netfold/netfold";
 * import { dense, relu } from "@netfold/netfold/layers";
 *
 * const optimizer = groups(
 *   [{ path: "dense2", optimizer: adamw(), rate: 0.01 }, { role: "bias", rate: 0.2, optimizer: sgd() }],
 *   muon(),
 * );
 * const planned = orThrow(plan(chain(dense(8), relu(), dense(2)), [4]));
 * const names = trainingStep(planned, { batch: 8, optimizer }).state.map(({ name }) => name);
 * assert(names.includes("@muon.momentum/dense1.kernel"));
 * assert(names.includes("@momentum/dense1.bias"));
 * assert(names.includes("@adam.m/dense2.kernel"));
 * ```
 */
export function muon(options: Omit<MuonOptions, "kind"> = {}): MuonOptions {
  return made(optimizerOf, settling(options, { kind: "muon" }));
}

/** Scales all gradients down together when their common norm is above `norm`. */
export function clip(norm: number, of: AnyOptimizer): ClipOptions {
  return made(optimizerOf, { kind: "clip", norm, of });
}

/**
 * Keeps a running average of the weights and of batch norms' running statistics, of which a share
 * `keep` stays each step. The weights themselves are trained; the averages are what is measured on
 * held out images and kept as the best weights.
 */
export function ema(keep: number, of: AnyOptimizer): AverageOptions {
  return made(optimizerOf, { kind: "ema", keep, of });
}

/** Groups of parameters with a rate, a schedule or an optimiser of their own; the first that fits decides. */
export function groups(list: readonly Group[], otherwise: AnyOptimizer): GroupsOptions {
  return made(optimizerOf, { kind: "groups", groups: list, otherwise });
}

const share = /* @__PURE__ */ numberField(0, 1);
const amount = /* @__PURE__ */ numberField(0, Infinity);
const nested = /* @__PURE__ */ valueField<AnyOptimizer>("an optimiser");
const scope: Field<DecayScope> = {
  wanted: '"all" or "kernels"',
  is: (value): value is DecayScope => value === "all" || value === "kernels",
};
const iterations: Field<number> = {
  wanted: "a whole number from 1 to 20",
  is: (value): value is number => count.is(value) && value <= 20,
};
const text: Field<string> = {
  wanted: "text",
  is: (value): value is string => typeof value === "string",
};
const TRAINED: readonly ParameterRole[] = ["kernel", "bias", "scale", "shift"];
const role: Field<ParameterRole> = /* @__PURE__ */ (() => ({
  wanted: TRAINED.join(", "),
  is: (value): value is ParameterRole => TRAINED.some((role) => role === value),
}))();
const decayed = { weightDecay: /* @__PURE__ */ maybe(amount), decay: /* @__PURE__ */ maybe(scope) };
const moments = { beta1: /* @__PURE__ */ maybe(share), beta2: /* @__PURE__ */ maybe(share) };
const momentum = { momentum: /* @__PURE__ */ maybe(share), nesterov: /* @__PURE__ */ maybe(flag) };

const GROUP: { readonly [K in keyof Required<Group>]: Field<unknown> } = /* @__PURE__ */ (() => ({
  path: maybe(text),
  role: maybe(role),
  rate: maybe(amount),
  schedule: maybe(scheduleOrName),
  optimizer: maybe(nested),
  optional: maybe(flag),
}))();
const groupList: Field<readonly Group[]> = {
  wanted: "a list of { path, role, rate, schedule, optimizer, optional }",
  is: (value): value is readonly Group[] =>
    Array.isArray(value) &&
    value.every((group) => typeof group === "object" && group !== null && !Array.isArray(group)),
};

const KINDS: { readonly [K in OptimizerOptions["kind"]]: Kind<Optimizer> } =
  /* @__PURE__ */ (() => ({
    sgd: kind({ ...momentum, ...decayed }, sgdOf),
    adamw: kind({ ...moments, epsilon: maybe(amount), ...decayed }, adamwOf),
    lion: kind({ ...moments, ...decayed }, lionOf),
    muon: around(
      {
        ...momentum,
        iterations: maybe(iterations),
        weightDecay: maybe(amount),
        rescale: maybe(flag),
        others: maybe(nested),
      },
      (options: MuonOptions, inner) =>
        over(inner(options.others ?? sgd(), "others"), (others) => muonOf(options, others)),
    ),
    clip: around(
      { norm: epsilon, of: nested },
      ({ norm, of }: ClipOptions, inner) => over(inner(of, "of"), (of) => clipOf(norm, of)),
    ),
    ema: around(
      { keep: share, of: nested },
      ({ keep, of }: AverageOptions, inner, path) => {
        const read = inner(of, "of");
        if (read._tag === "Left") return read;
        return read.right.weights === undefined
          ? right(averageOf(keep, read.right))
          : fail(averagedTwice(path, read.right.kind));
      },
    ),
    groups: around(
      { groups: groupList, otherwise: nested },
      (options: GroupsOptions, inner, path) => {
        const wrong = options.groups.flatMap((group, i) =>
          optionProblems(GROUP, { ...group }, `${path}.groups[${i}]`)
        );
        if (wrong.length > 0) return left(wrong);
        const otherwise = inner(options.otherwise, "otherwise");
        const given = options.groups.flatMap((group, i) =>
          group.optimizer === undefined ? [] : [inner(group.optimizer, `groups[${i}].optimizer`)]
        );
        const problems = [otherwise, ...given].flatMap((read) =>
          read._tag === "Left" ? read.left : []
        );
        if (otherwise._tag === "Left" || problems.length > 0) return left(problems);
        const own = given.flatMap((read) => read._tag === "Right" ? [read.right] : []).values();
        const members = options.groups.map((group) => ({
          group,
          optimizer: (group.optimizer && own.next().value) ?? otherwise.right,
        }));
        return right(groupsOf(members, otherwise.right));
      },
    ),
  }))();

function averagedTwice(path: string, inner: string): Problem {
  return {
    path: `${path}.of`,
    layer: "option",
    code: "averaged-twice",
    rule: "weights are averaged once: one average would hide the other",
    got: `ema around ${inner}, which has weights of its own`,
    wanted: "an optimiser without an average",
    hint: "leave out one of the two",
  };
}

/** The meaning of an optimiser, or what is wrong with it. */
export const optimizerOf: (given: unknown, path?: string) => Result<Optimizer> =
  /* @__PURE__ */ readerOf(
    "optimizer",
    KINDS,
    {
      method: "update",
      wanted: {
        kind: KIND,
        options: ANYTHING,
        update: FUNCTION,
        weights: FUNCTION_OR_NONE,
      },
    },
  );
