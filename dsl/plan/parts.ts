/** Small readings of plans that diagrams and comparisons share. */
import { equal } from "../net/net.ts";
import type { LayerPlan, Plan } from "./plan.ts";
import { sameShape } from "../net/shape.ts";

/** The parts of a chain, through chains within it; anything else is its own only part. */
export function partsOf(plan: Plan): readonly Plan[] {
  return plan.kind === "chain" ? plan.parts.flatMap(partsOf) : [plan];
}

/** The last segment of a path. */
export function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** A name without the number at its end. */
export function withoutNumber(name: string): string {
  return name.replace(/\d+$/, "");
}

/** A list cut where neighbours do not belong together. */
export function runsOf<A>(list: readonly A[], together: (a: A, b: A) => boolean): readonly A[][] {
  const runs: A[][] = [];
  let before: { readonly item: A } | undefined;
  for (const item of list) {
    if (before !== undefined && together(before.item, item)) runs.at(-1)?.push(item);
    else runs.push([item]);
    before = { item };
  }
  return runs;
}

/** Whether two layers have the same configuration. */
function sameLayer(a: LayerPlan, b: LayerPlan): boolean {
  return a.frozen === b.frozen && equal(a.layer, b.layer);
}

/**
 * Whether two parts are the same but for the numbers in their names: the same
 * layers in the same form, on the same shapes.
 */
export function alike(a: Plan, b: Plan): boolean {
  if (!sameShape(a.input, b.input) || !sameShape(a.output, b.output)) return false;
  switch (a.kind) {
    case "layer":
      return b.kind === "layer" && sameLayer(a, b);
    case "chain":
      return b.kind === "chain" && allAlike(a.parts, b.parts);
    case "fork":
      return b.kind === "fork" && a.merge === b.merge && allAlike(a.branches, b.branches);
    case "named":
      return b.kind === "named" &&
        withoutNumber(lastOf(a.path)) === withoutNumber(lastOf(b.path)) && alike(a.body, b.body);
  }
}

function allAlike(a: readonly Plan[], b: readonly Plan[]): boolean {
  return a.length === b.length && a.every((part, i) => {
    const other = b[i];
    return other !== undefined && alike(part, other);
  });
}
