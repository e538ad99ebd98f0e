/**
 * Optimisers by value. Each function gives plain data that a run folder can
 * hold; {@link optimizerOf} gives it its meaning. They compose:
 * `clip(1, ema(0.999, muon()))`.
 */
import { flag, numberField } from "../../plan/fields.ts";
import type { Field } from "../../plan/configuration.ts";
import { left, type Result, right } from "../../problem/result.ts";
import { type Kind, kind, maybe, type Reader, readerOf, valueField } from "../meaning.ts";
import { scheduleField } from "../schedule.ts";
import { adamwOf, sgdOf } from "./fused.ts";
import { type GroupOf, groupsOf } from "./groups.ts";
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
  return { ...options, kind: "sgd" };
}

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
export function adamw(options: Omit<AdamWOptions, "kind"> = {}): AdamWOptions {
  return { ...options, kind: "adamw" };
}

/** Lion (Chen et al., 2023): a step of the rate's length in every direction. */
export function lion(options: Omit<LionOptions, "kind"> = {}): LionOptions {
  return { ...options, kind: "lion" };
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
  return { ...options, kind: "muon" };
}

/** Scales all gradients down together when their common norm is above `norm`. */
export function clip(norm: number, of: AnyOptimizer): ClipOptions {
  return { kind: "clip", norm, of };
}

/**
 * Keeps a running average of the weights, of which a share `keep` stays each
 * step. Training goes on with the weights themselves; the averages are what is
 * measured on held out images and kept as the best weights.
 */
export function ema(keep: number, of: AnyOptimizer): AverageOptions {
  return { kind: "ema", keep, of };
}

/** Groups of parameters with a rate, a schedule or an optimiser of their own; the first that fits decides. */
export function groups(list: readonly Group[], otherwise: AnyOptimizer): GroupsOptions {
  return { kind: "groups", groups: list, otherwise };
}

const share = numberField(0, 1);
const amount = numberField(0, Infinity);
const nested = valueField<AnyOptimizer>("an optimiser");
const scope: Field<DecayScope> = {
  wanted: '"all" or "kernels"',
  is: (value): value is DecayScope => value === "all" || value === "kernels",
};
const iterations: Field<number> = {
  wanted: "a whole number from 1 to 20",
  is: (value): value is number =>
    Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 20,
};
const groupList: Field<readonly Group[]> = {
  wanted: "a list of { path, role, rate, schedule, optimizer }",
  is: (value): value is readonly Group[] => Array.isArray(value) && value.every(isGroup),
};
const decayed = { weightDecay: maybe(amount), decay: maybe(scope) };

type OptimizerKinds = {
  readonly [K in OptimizerOptions["kind"]]: Kind<Optimizer>;
};

const KINDS: OptimizerKinds = {
  sgd: kind<SgdOptions, Optimizer>(
    { momentum: maybe(share), nesterov: maybe(flag), ...decayed },
    (options) => right(sgdOf(options)),
  ),
  adamw: kind<AdamWOptions, Optimizer>(
    { beta1: maybe(share), beta2: maybe(share), epsilon: maybe(amount), ...decayed },
    (options) => right(adamwOf(options)),
  ),
  lion: kind<LionOptions, Optimizer>(
    { beta1: maybe(share), beta2: maybe(share), ...decayed },
    (options) => right(lionOf(options)),
  ),
  muon: kind<MuonOptions, Optimizer>(
    {
      momentum: maybe(share),
      nesterov: maybe(flag),
      iterations: maybe(iterations),
      weightDecay: maybe(amount),
      rescale: maybe(flag),
      others: maybe(nested),
    },
    (options, inner, path) =>
      over(inner(options.others ?? sgd(), `${path}.others`), (others) => muonOf(options, others)),
  ),
  clip: kind<ClipOptions, Optimizer>(
    { norm: { ...amount, wanted: "a number above 0", is: isPositive }, of: nested },
    ({ norm, of }, inner, path) => over(inner(of, `${path}.of`), (of) => clipOf(norm, of)),
  ),
  ema: kind<AverageOptions, Optimizer>(
    { keep: share, of: nested },
    ({ keep, of }, inner, path) => over(inner(of, `${path}.of`), (of) => averageOf(keep, of)),
  ),
  groups: kind<GroupsOptions, Optimizer>({ groups: groupList, otherwise: nested }, readGroups),
};

const read = readerOf("optimizer", KINDS, isOptimizer);

/** The meaning of an optimiser, or what is wrong with it. */
export function optimizerOf(given: unknown, path = "optimizer"): Result<Optimizer> {
  return read(given, path);
}

function isOptimizer(given: object): given is Optimizer {
  return "update" in given && typeof given.update === "function" &&
    "kind" in given && typeof given.kind === "string";
}

function readGroups(
  options: GroupsOptions,
  inner: Reader<Optimizer>,
  path: string,
): Result<Optimizer> {
  const otherwise = inner(options.otherwise, `${path}.otherwise`);
  const members = options.groups.map((group, i): Result<GroupOf> =>
    group.optimizer === undefined ? over(otherwise, (optimizer) => ({ group, optimizer })) : over(
      inner(group.optimizer, `${path}.groups[${i}].optimizer`),
      (optimizer) => ({ group, optimizer }),
    )
  );
  const problems = [otherwise, ...members.filter((_, i) => options.groups[i]?.optimizer)]
    .flatMap((result) => result._tag === "Left" ? result.left : []);
  if (problems.length > 0 || otherwise._tag === "Left") return left(problems);
  const read = members.flatMap((member) => member._tag === "Right" ? [member.right] : []);
  return right(groupsOf(read, otherwise.right));
}

function isGroup(value: unknown): value is Group {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).every(([name, part]) =>
    Object.hasOwn(GROUP, name) && GROUP[name]?.is(part)
  );
}

const text: Field<string> = {
  wanted: "text",
  is: (value): value is string => typeof value === "string",
};

const GROUP: Readonly<Record<string, Field<unknown>>> = {
  path: maybe(text),
  role: maybe(text),
  rate: maybe(amount),
  schedule: maybe(scheduleField),
  optimizer: maybe(nested),
} satisfies Readonly<Record<keyof Group, Field<unknown>>>;

function isPositive(value: unknown): value is number {
  return amount.is(value) && value > 0;
}

function over<A, B>(result: Result<A>, f: (value: A) => B): Result<B> {
  return result._tag === "Left" ? result : right(f(result.right));
}
