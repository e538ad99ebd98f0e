/** Parameters in groups, each changed in its own way; the first group that fits decides. */
import type { ValueId } from "../../graph/graph.ts";
import type { Tensors } from "../../graph/tensors.ts";
import { defined } from "../../problem/defined.ts";
import type { NamedParameter } from "../../plan/parameters.ts";
import { ProblemError } from "../../problem/throw.ts";
import { nextOf, type Optimizer } from "./optimizer.ts";
import type { Group } from "./options.ts";

/** What is different for some of the parameters. */
interface Part extends Pick<Optimizer, "kind" | "update"> {
  readonly fits: (parameter: NamedParameter) => boolean;
}

/** An optimiser for the parameters that fit, and another for the rest. */
export function splitOff({ kind, fits, update }: Part, others: Optimizer): Optimizer {
  return {
    kind,
    update: (step, trained) => {
      const isOwn = trained.map(({ parameter }) => fits(parameter));
      const { parameters = trained.map(({ parameter }) => parameter) } = step;
      const among = (mine: boolean) => ({
        ...step,
        parameters: parameters.filter((parameter) => fits(parameter) === mine),
      });
      const part = (mine: boolean) => trained.filter((_, i) => isOwn[i] === mine);
      const own = nextOf({ kind, update }, among(true), part(true)).values();
      const rest = nextOf(others, among(false), part(false)).values();
      return isOwn.map((mine): ValueId => (mine ? own : rest).next().value ?? NaN);
    },
    ...defined({ weights: others.weights }),
  };
}

/** Groups before an optimiser for what fits none of them. */
export function groupsOf(
  groups: readonly { readonly group: Group; readonly optimizer: Optimizer }[],
  otherwise: Optimizer,
): Optimizer {
  const all = groups.reduceRight<Optimizer>(
    (rest, { group, optimizer }) => {
      const { rate: factor = 1, schedule } = group;
      const update: Optimizer["update"] = (step, trained) => {
        if (step.parameters?.length === 0 && group.optional !== true) throw fitsNothing(group);
        // What never changes needs no gradient.
        if (factor === 0) return trained.map(({ value }) => value);
        const base = schedule === undefined ? step.rate : step.rateOf(schedule);
        const scaled = factor === 1 ? base : step.graph.apply({ op: "scale", by: factor }, [base]);
        return nextOf(optimizer, { ...step, rate: scaled }, trained);
      };
      return splitOff(
        { kind: "groups", fits: (parameter) => fits(group, parameter), update },
        rest,
      );
    },
    otherwise,
  );
  const views = [...groups.map(({ optimizer }) => optimizer), otherwise]
    .flatMap(({ weights }) => weights === undefined ? [] : [weights]);
  if (views.length === 0) return { kind: "groups", update: all.update };
  const weights = (state: Tensors) => views.reduce((tensors, view) => view(tensors), state);
  return { kind: "groups", update: all.update, weights };
}

function fits({ path, role }: Group, parameter: NamedParameter): boolean {
  return (role === undefined || role === parameter.role) &&
    (path === undefined || pathPattern(path).test(parameter.path));
}

function fitsNothing({ path, role }: Group): ProblemError {
  return new ProblemError([{
    path: "optimizer.groups",
    layer: "option",
    code: "group-without-parameters",
    rule: "a group must have parameters that no group before it has",
    got: JSON.stringify({ path, role }),
    wanted: "the path of a part or a parameter, and a role that stands there",
    hint: "parametersOf(plan) lists them; `optional: true` is for recipes of any network",
  }]);
}

/** Paths at a pattern's place or below it, all of them at the empty one; `*` is any part of a name. */
export function pathPattern(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return pattern === "" ? /^/ : new RegExp(`^${parts.join("[^.]*")}(\\.|$)`);
}
