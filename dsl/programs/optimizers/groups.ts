/** Parameters in groups, each changed in its own way; the first group that fits decides. */
import type { ValueId } from "../../graph/graph.ts";
import type { Tensors } from "../../graph/tensors.ts";
import { defined } from "../../problem/defined.ts";
import type { NamedParameter } from "../../plan/parameters.ts";
import type { Optimizer } from "./optimizer.ts";
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
      const own = update(step, trained.filter((_, i) => isOwn[i])).values();
      const rest = others.update(step, trained.filter((_, i) => !isOwn[i])).values();
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
        // What never changes needs no gradient.
        if (factor === 0) return trained.map(({ value }) => value);
        const base = schedule === undefined ? step.rate : step.rateOf(schedule);
        const scaled = factor === 1 ? base : step.graph.apply({ op: "scale", by: factor }, [base]);
        return optimizer.update({ ...step, rate: scaled }, trained);
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

/** Paths that begin with a pattern's parts; `*` is any part of a name. */
export function pathPattern(pattern: string): RegExp {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^.]*")}(\\.|$)`);
}
