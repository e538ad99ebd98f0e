/** From the arguments of `deno task train` to an optimiser. */
import { isTrainable, parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { clip, ema, groups } from "../../dsl/programs/optimizers/optimizers.ts";
import type { Group, OptimizerOptions } from "../../dsl/programs/optimizers/options.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { refused, type Result, right } from "../fp.ts";
import type { TrainArguments } from "./options.ts";

/** The optimiser that was asked for, or the preset's own, with what was changed of it and put around it. */
export function optimizerOf(
  given: Pick<
    TrainArguments,
    "optimizer" | "momentum" | "weightDecay" | "rates" | "ema" | "clip"
  >,
  preset: OptimizerOptions,
): OptimizerOptions {
  const { optimizer: kind, momentum, weightDecay, rates = [], ema: keep, clip: norm } = given;
  const base = kind === undefined || kind === preset.kind ? preset : { kind };
  const changed = changedBy(base, defined({ momentum, weightDecay }));
  const rated = rates.length === 0 ? changed : withRates(changed, rates);
  const clipped = norm === undefined ? rated : clip(norm, rated);
  return keep === undefined ? clipped : ema(keep, clipped);
}

/** What keeps factors of the rate from a network: each is for a role that some of its parameters have. */
export function checkRates(
  plan: Plan,
  rates: NonNullable<TrainArguments["rates"]> = [],
): Result<unknown> {
  const roles = new Set<string>(parametersOf(plan).filter(isTrainable).map(({ role }) => role));
  const text = (fits: boolean) =>
    rates.filter(([role]) => roles.has(role) === fits).map((own) => own.join("=")).join();
  const [there, missing] = [text(true), text(false)];
  if (missing === "") return right(undefined);
  return refused({ path: "--rates", layer: "option", code: "group-without-parameters" }, {
    rule: "a factor of the rate is for a role that parameters have which are trained",
    got: missing,
    wanted: `factors for ${[...roles].join(", ")}`,
    hint: there === "" ? "leave --rates out" : `give --rates ${there}`,
  });
}

function changedBy(
  base: OptimizerOptions,
  { momentum, weightDecay }: { readonly momentum?: number; readonly weightDecay?: number },
): OptimizerOptions {
  switch (base.kind) {
    case "sgd":
    case "muon":
      return { ...base, ...defined({ momentum, weightDecay }) };
    case "adamw":
    case "lion":
      return { ...base, ...defined({ weightDecay }) };
    default:
      return base;
  }
}

type Role = NonNullable<Group["role"]>;

/** An optimiser with factors of the rate by role; in groups those that there are keep all else. */
function withRates(
  optimizer: OptimizerOptions,
  factors: NonNullable<TrainArguments["rates"]>,
): OptimizerOptions {
  if (optimizer.kind !== "groups") {
    return groups(factors.map(([role, rate]) => ({ role, rate })), optimizer);
  }
  const factorOf = (own: Role) => factors.find(([role]) => role === own)?.[1] ?? 1;
  const parts = optimizer.groups.flatMap((group): readonly Group[] => {
    const { rate = 1, role } = group;
    if (role !== undefined) return [{ ...group, rate: rate * factorOf(role) }];
    const own = factors.map(([role, factor]) => ({ ...group, role, rate: rate * factor }));
    return [...own, group].map((part) => ({ ...part, optional: true }));
  });
  const rest = factors.map(([role, rate]) => ({ role, rate, optional: true }));
  return groups([...parts, ...rest], optimizer.otherwise);
}
