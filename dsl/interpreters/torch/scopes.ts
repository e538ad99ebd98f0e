/**
 * The parts of a network that have names become modules. A scope is such a
 * part with what stands directly in it; scopes of equal form become one class
 * that takes what they differ in as arguments.
 */
import type { LayerPlan, NamedPlan, Plan } from "../../plan/plan.ts";
import { sameShape, withoutNumber } from "../../plan/parts.ts";
import { lastOf, partsOf } from "../../plan/parts.ts";
import { forwardOf, type Run } from "./forward.ts";
import { torchOf } from "./facets.ts";
import { isPlainName } from "./names.ts";
import type { TorchCall as Call } from "../../plan/facets.ts";
import type { Making, Template } from "./template.ts";

/** A named part. */
export interface Scope {
  /** Its path; empty for the whole network. */
  readonly path: string;
  /** Its inside. */
  readonly body: Plan;
  /** The named parts directly in it. */
  readonly children: readonly Scope[];
  /** How many scopes there are one in another, this one counted. */
  readonly height: number;
}

/** A scope of a plan with all that are in it. */
export function scopeOf(path: string, body: Plan): Scope {
  const children = namedIn(body).map((plan) => scopeOf(plan.path, plan.body));
  const height = 1 + Math.max(0, ...children.map((child) => child.height));
  return { path, body, children, height };
}

/** Every scope, the innermost first. */
export function allScopes(scope: Scope): readonly Scope[] {
  return [...scope.children.flatMap(allScopes), scope];
}

/** The named parts directly in a plan that are more than a layer. */
function namedIn(plan: Plan): readonly NamedPlan[] {
  switch (plan.kind) {
    case "layer":
      return [];
    case "named":
      return plan.body.kind === "layer" ? [] : [plan];
    case "chain":
      return plan.parts.flatMap(namedIn);
    case "fork":
      return plan.branches.flatMap(namedIn);
  }
}

/** The template of a scope, when it is known what its children become. */
export function templateOf(scope: Scope, made: (child: Scope) => Call): Template {
  const calls = new Map(scope.children.map((child) => [child.path, made(child)]));
  const runs = runsIn(scope.body, calls);
  return { makings: makings(scope.body, calls, runs), forward: forwardOf(scope.body, runs) };
}

function makings(
  plan: Plan,
  calls: ReadonlyMap<string, Call>,
  runs: ReadonlyMap<string, Run>,
): readonly Making[] {
  const covered = new Set<string>();
  const ofLayer = (layer: LayerPlan): readonly Making[] => {
    const call = torchOf(layer).makes;
    return call === undefined ? [] : [attribute(lastOf(layer.path), call)];
  };
  const visit = (plan: Plan): readonly Making[] => {
    switch (plan.kind) {
      case "layer":
        return ofLayer(plan);
      case "chain":
        return plan.parts.flatMap(visit);
      case "fork":
        return plan.branches.flatMap(visit);
      case "named": {
        if (plan.body.kind === "layer") return ofLayer(plan.body);
        const call = calls.get(plan.path);
        if (call === undefined || covered.has(plan.path)) return [];
        const run = runs.get(plan.path);
        if (run === undefined) return [attribute(lastOf(plan.path), call)];
        const stem = plan.path.slice(0, plan.path.length - `${run.from}`.length);
        for (let i = run.from; i <= run.to; i++) covered.add(`${stem}${i}`);
        const before = `for i in range(${run.from}, ${run.to + 1}):\n` +
          `    self.add_module(f"${run.label}{i}", `;
        return [{ before, call, after: ")" }];
      }
    }
  };
  return visit(plan);
}

function attribute(name: string, call: Call): Making {
  const before = isPlainName(name) ? `self.${name} = ` : `self._modules["${name}"] = `;
  return { before, call, after: "" };
}

/** Parts in a row that are made alike become a loop from this many on. */
const LOOP = 4;

/** The runs of parts in a row that are made alike, by the path of the first. */
function runsIn(plan: Plan, calls: ReadonlyMap<string, Call>): ReadonlyMap<string, Run> {
  const runs = new Map<string, Run>();
  const visit = (plan: Plan): void => {
    if (plan.kind === "fork") plan.branches.forEach(visit);
    if (plan.kind !== "chain") return;
    const parts = partsOf(plan);
    for (let i = 0; i < parts.length;) {
      const run = runAt(parts, i, calls);
      const length = run === undefined ? 1 : run.to - run.from + 1;
      const part = parts[i];
      if (run !== undefined && length >= LOOP) runs.set(run.first, run);
      else if (part !== undefined) visit(part);
      i += length >= LOOP ? length : 1;
    }
  };
  visit(plan);
  return runs;
}

function runAt(
  parts: readonly Plan[],
  start: number,
  calls: ReadonlyMap<string, Call>,
): Run | undefined {
  const first = parts[start];
  if (first?.kind !== "named") return undefined;
  const name = lastOf(first.path);
  const label = withoutNumber(name);
  const from = Number(name.slice(label.length));
  const made = JSON.stringify(calls.get(first.path));
  if (name === label || made === undefined || `${label}${from}` !== name || !isPlainName(name)) {
    return undefined;
  }
  const parent = first.path.slice(0, first.path.length - name.length);
  let to = from;
  for (let part = parts[start + 1]; part !== undefined; part = parts[start + 1 + to - from]) {
    const next = `${parent}${label}${to + 1}`;
    const same = part.kind === "named" && part.path === next &&
      sameShape(part.input, part.output) && JSON.stringify(calls.get(next)) === made;
    if (!same) break;
    to++;
  }
  return { first: first.path, label, from, to };
}
