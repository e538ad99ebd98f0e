/**
 * The forward pass of one part of a network as lines of Python. Calls are put
 * into each other as long as a line stays one thought: one convolution or one
 * part of its own, with the batch norm and the rectifier that belong to it.
 */
import type { ForkPlan, LayerPlan, NamedPlan, Plan } from "../../plan/plan.ts";
import { mergeOf, torchOf } from "./facets.ts";
import { lastOf, partsOf } from "../../plan/parts.ts";
import { access } from "./names.ts";

/** Parts of one kind in a row, which are one module. */
export interface Run {
  /** The path of the first. */
  readonly first: string;
  /** The name before the number, which is the module's. */
  readonly label: string;
  /** How many they are. */
  readonly count: number;
}

/** A value in the making. */
interface Expression {
  readonly text: string;
  /** Whether it is a variable or a call, which needs no brackets anywhere. */
  readonly binds: "name" | "call" | "product" | "sum";
  /** Whether a convolution or a part is in it. */
  readonly heavy: boolean;
}

interface Site {
  readonly lines: string[];
  /** Variables that are taken. */
  readonly used: Set<string>;
  /** Variables that a line writes to. */
  readonly written: Set<string>;
  readonly runs: ReadonlyMap<string, Run>;
  /** The variable that lines write to. */
  readonly target: string;
  /** How deep in forks that match sizes this is. */
  readonly level: number;
  /** Whether batch norm and rectifier come before their convolution. */
  readonly preactivated: boolean;
}

/** The lines of the forward pass of a part's body, the last of which returns. */
export function forwardOf(body: Plan, runs: ReadonlyMap<string, Run>): readonly string[] {
  const lines: string[] = [];
  const preactivated = firstWeights(body)?.layer.type === "batch_norm";
  const site: Site = {
    lines,
    used: new Set(["x"]),
    written: new Set(["x"]),
    runs,
    target: "x",
    level: 0,
    preactivated,
  };
  const { text } = write(body, { text: "x", binds: "name", heavy: false }, site);
  return [...lines, `return ${text}`];
}

/** The first layer with parameters, within the part itself. */
function firstWeights(plan: Plan): LayerPlan | undefined {
  switch (plan.kind) {
    case "layer":
      return plan.parameters.length > 0 ? plan : undefined;
    case "named":
      return plan.body.kind === "layer" ? firstWeights(plan.body) : undefined;
    case "chain":
    case "fork":
      for (const part of plan.kind === "chain" ? plan.parts : plan.branches) {
        const found = firstWeights(part);
        if (found !== undefined) return found;
      }
      return undefined;
  }
}

function write(plan: Plan, input: Expression, site: Site): Expression {
  switch (plan.kind) {
    case "layer":
      return writeLayer(plan, input, site);
    case "named":
      if (plan.body.kind === "layer") return writeLayer(plan.body, input, site);
      return call(access(nameOf(plan)), settledIf(input.heavy, input, site), true);
    case "chain":
      return writeChain(plan, input, site);
    case "fork":
      return writeFork(plan, input, site);
  }
}

/** What a module or layer is called where it was made. */
function nameOf({ path, home = path }: LayerPlan | NamedPlan): string {
  return lastOf(home);
}

function writeLayer(plan: LayerPlan, input: Expression, site: Site): Expression {
  const code = torchOf(plan);
  const heavy = plan.cost.macs > 0;
  const value = settledIf(input.heavy && (heavy || site.preactivated), input, site);
  const settled = settledIf(code.tight === true && needsBrackets(value), value, site);
  const own = code.makes === undefined ? "" : access(nameOf(plan));
  const text = code.applies(own, settled.text);
  if (text === settled.text) return settled;
  return { text, binds: code.product ? "product" : "call", heavy: heavy || settled.heavy };
}

function writeChain(plan: Plan, input: Expression, site: Site): Expression {
  const parts = partsOf(plan);
  let value = input;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === undefined) continue;
    const run = site.runs.get(part.path);
    if (run === undefined || part.kind !== "named") {
      value = write(part, value, site);
      continue;
    }
    value = call(access(run.label), settledIf(value.heavy, value, site), true);
    i += run.count - 1;
  }
  return value;
}

function writeFork(plan: ForkPlan, input: Expression, site: Site): Expression {
  const x = settledIf(input.binds !== "name", input, site);
  const resizes = plan.meaning.sight === "resized second";
  const merge = mergeOf(plan);
  const level = resizes ? site.level + 1 : site.level;
  const branches = plan.branches.map((branch, i) => {
    const wanted = resizes
      ? `level${level}`
      : merge.binds === "call"
      ? `branch${i + 1}`
      : merge.binds === "product"
      ? i === 0 ? "trunk" : "mask"
      : i === 0
      ? "shortcut"
      : "residual";
    const target = fresh(wanted, site.used);
    const inner = { ...site, target, level };
    const value = write(branch, x, inner);
    const measured = resizes && i === 0;
    if (value.text.length > LONGEST || (measured && needsBrackets(value))) {
      return assign(value, inner);
    }
    if (!site.written.has(target)) site.used.delete(target);
    return value;
  });
  const { binds } = merge;
  const texts = branches.map((branch) =>
    binds === "product" && needsBrackets(branch) ? `(${branch.text})` : branch.text
  );
  const shapes = plan.branches.map(({ output }) => output);
  return { text: merge.applies(texts, shapes), binds, heavy: true };
}

/** The longest text of a branch that stays within the line of its merge. */
const LONGEST = 32;

function needsBrackets({ binds }: Expression): boolean {
  return binds === "sum" || binds === "product";
}

function call(callee: string, { text }: Expression, heavy: boolean): Expression {
  return { text: `${callee}(${text})`, binds: "call", heavy };
}

function variable(text: string): Expression {
  return { text, binds: "name", heavy: false };
}

/** Writes a value into the site's variable. */
function assign({ text }: Expression, { lines, written, target }: Site): Expression {
  if (text !== target) lines.push(`${target} = ${text}`);
  written.add(target);
  return variable(target);
}

function settledIf(condition: boolean, value: Expression, site: Site): Expression {
  return condition ? assign(value, site) : value;
}

function fresh(name: string, used: Set<string>): string {
  let found = name;
  for (let number = 2; used.has(found); number++) found = `${name.replace(/\d+$/, "")}${number}`;
  used.add(found);
  return found;
}
