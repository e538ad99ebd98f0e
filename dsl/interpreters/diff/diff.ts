/**
 * The comparison of two planned networks: parts that were added, removed,
 * renamed, and layers whose configuration, shapes or counts changed. Parts are
 * matched among siblings by what they are, so a module put in between does not
 * make everything behind it new.
 */
import { judged, type Leaf, leaves, parametersAt } from "../../plan/fold.ts";
import { concatAll, type Monoid, struct, SUM } from "../../problem/monoid.ts";
import type { ForkPlan, LayerPlan, NamedPlan, Plan } from "../../plan/plan.ts";
import { align, type Pair } from "./_align.ts";
import { sameShape } from "../../net/shape.ts";
import { lastOf, partsOf } from "../../plan/parts.ts";
import type { Amounts, Diff, Difference, FieldChange } from "./value.ts";
import { countParameters } from "../counts/params.ts";
import { equal } from "../../net/net.ts";

/**
 * What differs between two planned networks. Exchanging the networks exchanges
 * every before and after.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { diff, orThrow, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const ten = orThrow(plan(attention56({ classes: 10 }), [32, 32, 3]));
 * const hundred = orThrow(plan(attention56({ classes: 100 }), [32, 32, 3]));
 * const [change, ...others] = diff(ten, hundred).differences;
 * assertEquals(others, []);
 * assertEquals(change?.kind === "changed" && change.fields, [
 *   { field: "width", before: 10, after: 100 },
 * ]);
 * ```
 */
export function diff(before: Plan, after: Plan): Diff {
  const differences = between(partsOf(judged(before)), partsOf(judged(after)));
  return {
    equal: differences.length === 0 && sameShape(before.input, after.input),
    input: { before: before.input, after: after.input },
    output: { before: before.output, after: after.output },
    totals: { before: amountsOf(before), after: amountsOf(after) },
    differences,
  };
}

function between(before: readonly Plan[], after: readonly Plan[]): readonly Difference[] {
  return align(before, after).flatMap(compare);
}

function compare({ before, after }: Pair): readonly Difference[] {
  if (before === undefined) return after === undefined ? [] : lone("added", after);
  if (after === undefined) return lone("removed", before);
  if (before.kind === "named" && after.kind === "named") return compareNamed(before, after);
  if (before.kind === "fork" && after.kind === "fork") return compareForks(before, after);
  if (before.kind === "layer" && after.kind === "layer") return compareLayers(before, after);
  return between(partsOf(before), partsOf(after));
}

function lone(kind: "added" | "removed", part: Plan): readonly Difference[] {
  if (part.kind === "chain") return part.parts.flatMap((each) => lone(kind, each));
  const { path, input, output } = part;
  const only = part.kind === "named" ? part.body : part;
  const layer = only.kind === "layer"
    ? only.layer.type
    : part.kind === "fork"
    ? part.merge
    : "part";
  return [{ kind, path, layer, input, output, ...amountsOf(part) }];
}

function compareNamed(before: NamedPlan, after: NamedPlan): readonly Difference[] {
  if (before.body.kind === "layer" && after.body.kind === "layer") {
    return compareLayers(before.body, after.body);
  }
  const inside = between(partsOf(before.body), partsOf(after.body));
  return [...renamed(before, after), ...inside];
}

function compareForks(before: ForkPlan, after: ForkPlan): readonly Difference[] {
  const fields = before.merge === after.merge
    ? []
    : [{ field: "merge", before: before.merge, after: after.merge }];
  return [
    ...between(before.branches.map(asList), after.branches.map(asList)),
    ...changed(before, after, after.merge, fields),
  ];
}

/** A branch as a chain, however many parts it has: branches are matched by their places. */
function asList(branch: Plan): Plan {
  if (branch.kind === "chain") return branch;
  const { path, input, output } = branch;
  return { kind: "chain", path, input, output, parts: [branch] };
}

function compareLayers(before: LayerPlan, after: LayerPlan): readonly Difference[] {
  const flat = ({ layer, frozen }: LayerPlan) => new Map(Object.entries({ ...layer, frozen }));
  const [old, now] = [flat(before), flat(after)];
  const fields = [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field), after: now.get(field) }))
    .filter((field) => !equal(field.before, field.after));
  return changed(before, after, after.layer.type, fields);
}

function changed(
  before: Leaf,
  after: Leaf,
  layer: string,
  fields: readonly FieldChange[],
): readonly Difference[] {
  const amounts = { before: ownAmounts(before), after: ownAmounts(after) };
  const unchanged = fields.length === 0 && equal(amounts.before, amounts.after) &&
    sameShape(before.input, after.input) && sameShape(before.output, after.output);
  if (unchanged) return renamed(before, after);
  return [{
    kind: "changed",
    path: { before: before.path, after: after.path },
    layer,
    fields,
    input: { before: before.input, after: after.input },
    output: { before: before.output, after: after.output },
    amounts,
  }];
}

/** A new name or number, when the part itself has one and not only what is around it. */
function renamed(before: Plan, after: Plan): readonly Difference[] {
  if (lastOf(before.path) === lastOf(after.path)) return [];
  const path = { before: before.path, after: after.path };
  const layers = { before: leaves(before).length, after: leaves(after).length };
  return [{ kind: "renamed", path, layers }];
}

function amountsOf(part: Plan): Amounts {
  return concatAll(AMOUNTS)(leaves(part).map(ownAmounts));
}

const AMOUNTS: Monoid<Amounts> = /* @__PURE__ */ struct({
  layers: SUM,
  params: SUM,
  trainable: SUM,
  macs: SUM,
  flops: SUM,
});

/** What a layer or a merge amounts to, without a fork's branches. */
function ownAmounts(leaf: Leaf): Amounts {
  const { total, trainable } = countParameters(parametersAt(leaf));
  return { layers: 1, params: total, trainable, ...leaf.cost };
}
