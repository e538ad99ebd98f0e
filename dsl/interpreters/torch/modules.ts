/**
 * The modules of a network: its named parts, and the network itself. A fold
 * gives each the lines of its constructor, in which every number that could
 * differ from one part to another is a hole, and its forward pass, which has
 * none. Modules that differ in nothing but what fills the holes have one form,
 * and become one class.
 */
import type { TorchCall as Call } from "../../plan/facets.ts";
import { foldPlan } from "../../plan/fold.ts";
import { lastOf, runsOf, withoutNumber } from "../../plan/parts.ts";
import type { LayerPlan, Plan } from "../../plan/plan.ts";
import { sameShape } from "../../net/shape.ts";
import { torchOf } from "./facets.ts";
import { forwardOf, type Run } from "./forward.ts";
import { access, isPlainName } from "./names.ts";

/** A named part, or the whole network. */
export interface Module {
  /** Its path; empty for the whole network. */
  readonly path: string;
  readonly body: Plan;
  readonly makings: readonly Making[];
  /** The lines of its forward pass. */
  readonly forward: readonly string[];
  /** The same number for modules of the same form. */
  readonly form: number;
  /** The same number for modules that are made alike, down to the last number. */
  readonly value: number;
}

/** One line or loop of a constructor: `before`, what is made, `after`. */
export interface Making {
  readonly before: string;
  /** A layer's call, or a module. */
  readonly made: Call | Module;
  readonly after: string;
}

/** What one of the parts in a row adds to the module around it. */
interface Step {
  readonly makings: readonly Making[];
  readonly runs: readonly Run[];
  /** The module that it is, if it is one. */
  readonly module?: Module;
  /** The rows that it forks into, if it is a fork. */
  readonly branches?: readonly (readonly Step[])[];
}

/** The modules of a network, each after those in it; the network itself is the last. */
export function modulesOf(plan: Plan): readonly Module[] {
  const modules: Module[] = [];
  const ids = new Map<string, number>();
  const idOf = (...key: readonly unknown[]): number => {
    const text = JSON.stringify(key);
    const id = ids.get(text) ?? ids.size;
    ids.set(text, id);
    return id;
  };
  const close = (path: string, body: Plan, row: readonly Step[]): Module => {
    const { makings, runs } = joined(inLoops(row, new Set(row.flatMap(namesIn))));
    const forward = forwardOf(body, new Map(runs.map((run) => [run.first, run])));
    const forms = makings.map(({ before, made, after }) => [
      ...[before, after],
      isModule(made)
        ? made.form
        : [made.callee, made.around, ...made.holes.map(({ value: _, ...hole }) => hole)],
    ]);
    const values = makings.map(({ made }) =>
      isModule(made) ? made.value : made.holes.map(({ value }) => value)
    );
    const form = idOf(withoutNumber(lastOf(path)), forms, forward);
    const module = { path, body, makings, forward, form, value: idOf(form, values) };
    modules.push(module);
    return module;
  };
  const row = foldPlan<readonly Step[]>(plan, {
    layer: (layer) => [{ makings: makingOf(layer), runs: [] }],
    chain: (parts) => parts.flat(),
    fork: (branches) => [{ makings: [], runs: [], branches }],
    named: (row, { path, body, home }) => {
      // What is shared is made at its first place.
      if (home !== undefined) return [];
      if (body.kind === "layer") return row;
      const module = close(path, body, row);
      return [{ makings: [attribute(path, module)], runs: [], module }];
    },
  });
  close("", plan, row);
  return modules;
}

/** Whether what is made is a module. */
export function isModule(made: Call | Module): made is Module {
  return "form" in made;
}

function joined(steps: readonly Step[]): Step {
  return {
    makings: steps.flatMap(({ makings }) => makings),
    runs: steps.flatMap(({ runs }) => runs),
  };
}

function makingOf(layer: LayerPlan): readonly Making[] {
  const call = torchOf(layer).makes;
  if (call === undefined || layer.home !== undefined) return [];
  const isFrozen = layer.frozen && layer.parameters.length > 0;
  return [attribute(layer.path, isFrozen ? frozen(call) : call)];
}

function frozen({ around: [before, after] = ["", ""], ...call }: Call): Call {
  return { ...call, around: [`frozen(${before}`, `${after})`] };
}

function attribute(path: string, made: Call | Module): Making {
  return { before: `${access(lastOf(path))} = `, made, after: "" };
}

/** The attributes that a step makes. */
function namesIn({ makings, branches = [] }: Step): readonly string[] {
  return [...makings.map(({ before }) => before), ...branches.flat().flatMap(namesIn)];
}

/** Modules in a row that are made alike become a loop from this many on. */
const LOOP = 4;

/** A row with loops in it, forks laid open; `taken` are the attributes that there are. */
function inLoops(steps: readonly Step[], taken: Set<string>): readonly Step[] {
  return runsOf(steps, (a, b) => follows(a.module, b.module)).flatMap((row) => {
    const first = row[0]?.module;
    if (first !== undefined && row.length >= LOOP) {
      const { label } = numbered(first.path);
      const name = attribute(label, first).before;
      if (!taken.has(name)) {
        taken.add(name);
        return [loop(first, row.length)];
      }
    }
    return row.flatMap((step) =>
      step.branches === undefined
        ? [step]
        : step.branches.flatMap((branch) => inLoops(branch, taken))
    );
  });
}

/** Whether a module is made like the one before it, has the next number, and keeps the shape. */
function follows(last: Module | undefined, next: Module | undefined): boolean {
  if (last === undefined || next === undefined || last.value !== next.value) return false;
  const { label, number } = numbered(last.path);
  return isPlainName(label) && lastOf(last.path) === `${label}${number}` &&
    lastOf(next.path) === `${label}${number + 1}` && sameShape(next.body.input, next.body.output);
}

function numbered(path: string): { readonly label: string; readonly number: number } {
  const name = lastOf(path);
  const label = withoutNumber(name);
  return { label, number: Number(name.slice(label.length)) };
}

function loop(first: Module, times: number): Step {
  const { label, number: from } = numbered(first.path);
  const part = access(label);
  const before = `${part} = nn.Sequential()\n` +
    `for i in range(${from}, ${from + times}):\n` +
    `    ${part}.add_module(f"{i}", `;
  return {
    makings: [{ before, made: first, after: ")" }],
    runs: [{ first: first.path, label, count: times }],
  };
}
