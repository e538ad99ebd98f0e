/** How much of a network its diagram shows: levels of names, and parts that are turned by hand. An address holds it. */
import { diagramOf, foldableParts } from "../../../../dsl/interpreters/diagram/fold.ts";
import { boxesOf, type Diagram } from "../../../../dsl/interpreters/diagram/value.ts";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { wrongAddress } from "../address.ts";

export interface View {
  /** As many levels of names are drawn. */
  readonly levels: number;
  /** The paths of parts that are open, whatever their level. */
  readonly open: readonly string[];
  /** The paths of parts that are folded, whatever their level. */
  readonly closed: readonly string[];
}

export const LEVELS = [1, 2, 3, 4] as const;
const USUAL = 2;

/** What an address may say of it, and of that more than once. */
export const [VIEW_NAMES, VIEW_LISTS] = [["levels", "open", "closed"], ["open", "closed"]] as const;

export function viewOf(given: URLSearchParams): View {
  const open = new Set(given.getAll("open"));
  return {
    levels: LEVELS.find((one) => `${one}` === given.get("levels")) ?? USUAL,
    open: [...open],
    closed: [...new Set(given.getAll("closed"))].filter((path) => !open.has(path)),
  };
}

/** What an address says wrongly of it; that a network has no such part is known with the network. */
export function wrongIn(given: URLSearchParams): readonly Problem[] {
  const text = given.get("levels");
  return text === null || LEVELS.some((one) => `${one}` === text) ? [] : [wrongAddress("levels", {
    code: "invalid-argument",
    rule: "a diagram is drawn to some level of names",
    got: JSON.stringify(text),
    wanted: LEVELS.join(", "),
    hint: "the usual one stands in its place; correct the address, or choose it above the diagram",
  })];
}

/** A view as the names and values of an address. */
export function viewParams({ levels, open, closed }: View): [string, string][] {
  const turned = { open, closed };
  return [
    ...levels === USUAL ? [] : [["levels", `${levels}`] as [string, string]],
    ...VIEW_LISTS.flatMap((name) => turned[name].map((path): [string, string] => [name, path])),
  ];
}

/** Paths that it names, which are no parts of a network. */
export function strangeIn({ open, closed }: View, plan: Plan): readonly string[] {
  const named = [...open, ...closed];
  if (named.length === 0) return [];
  const parts = new Set(foldableParts(plan));
  return named.filter((path) => !parts.has(path));
}

/** The diagram of a network in a view. */
export function diagramIn(plan: Plan, view: View, title = ""): Diagram {
  const strange = new Set(strangeIn(view, plan));
  const [open, closed] = [view.open, view.closed]
    .map((paths) => paths.filter((path) => !strange.has(path)));
  return diagramOf(plan, { title, depth: view.levels, open: open ?? [], closed: closed ?? [] });
}

/** A view in which a part is folded that was open, or open that was folded. */
export function turned(plan: Plan, view: View, path: string): View {
  const strange = new Set(strangeIn(view, plan));
  const others = (paths: readonly string[]) =>
    paths.filter((one) => one !== path && !strange.has(one));
  const plain = { ...view, open: others(view.open), closed: others(view.closed) };
  const isOpen = !isFolded(plan, view, path);
  // What its level says already need not be said.
  if (isFolded(plan, plain, path) === isOpen) return plain;
  return isOpen
    ? { ...plain, closed: [...plain.closed, path] }
    : { ...plain, open: [...plain.open, path] };
}

function isFolded(plan: Plan, view: View, path: string): boolean {
  return boxesOf(diagramIn(plan, view).items).some((box) => box.path === path);
}
