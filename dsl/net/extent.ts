/**
 * How deep and how large a network is. Both are bounded, so that whatever goes through a network,
 * and its JSON, stays within the stack and the memory of the machine.
 */
import { misfit, type ProblemError } from "../problem/expect.ts";
import { grouped } from "../problem/digits.ts";
import type { Problem } from "../problem/problem.ts";

/** The levels of forks and names within each other, and the layers on the lowest of them. */
interface Extent {
  readonly levels: number;
  readonly parts: number;
}

/** What is allowed. */
const MOST: Extent = { levels: 512, parts: 1_000_000 };

/** Where a walk ends: chains stand between levels. */
const DEEPEST = 4 * MOST.levels;
const SINGLE: Extent = { levels: 0, parts: 1 };
const known = new WeakMap<object, Extent>();

/** A network that has just been made of parts, unless it is too deep or too large. */
export function bounded<N extends { readonly kind: string }>(
  net: N,
  parts: readonly unknown[],
): N {
  known.set(net, judged(around(parts.map(extentOf), levelOf(net))));
  return net;
}

/** A network that came from anywhere, unless it is too deep or too large. */
export function judgedExtent<N>(net: N): N {
  judged(extentOf(net));
  return net;
}

/** What is wrong with the extent of a network that came from anywhere. */
export function extentProblems(net: unknown): readonly Problem[] {
  return tooMuch(extentOf(net))?.problems ?? [];
}

/** Makes sure that a number of networks can stand in a row, before they do. */
export function judgedRow(nets: readonly unknown[]): void {
  judged({ ...SINGLE, parts: around(nets.map(extentOf), 0).parts });
}

/** Makes sure of a number of repetitions, before they are made. */
export function judgedTimes(times: number, net: unknown): void {
  judged({ ...SINGLE, parts: times * extentOf(net).parts });
}

/** The extent of what holds parts; a chain is no level of its own. */
function around(inside: readonly Extent[], own: 0 | 1): Extent {
  return {
    levels: own + inside.reduce((most, { levels }) => Math.max(most, levels), 0),
    parts: Math.max(1, inside.reduce((sum, { parts }) => sum + parts, 0)),
  };
}

function extentOf(net: unknown): Extent {
  if (typeof net !== "object" || net === null) return SINGLE;
  return known.get(net) ?? walked(net, 1);
}

/** The extent of an object that no combinator has made; what is too deep is not looked into. */
function walked(net: object, level: number): Extent {
  const found = known.get(net);
  if (found !== undefined) return found;
  if (level > DEEPEST) return { ...SINGLE, levels: Infinity };
  const inside = insideOf(net);
  return inside.length === 0 ? SINGLE : around(
    inside.map((part) =>
      typeof part === "object" && part !== null ? walked(part, level + 1) : SINGLE
    ),
    levelOf(net),
  );
}

function levelOf(net: object): 0 | 1 {
  return "kind" in net && net.kind === "chain" ? 0 : 1;
}

function insideOf(net: object): readonly unknown[] {
  if ("nets" in net && Array.isArray(net.nets)) return net.nets;
  if ("branches" in net && Array.isArray(net.branches)) return net.branches;
  return "net" in net ? [net.net] : [];
}

const WORDS = {
  levels: {
    rule: "the nesting is too deep",
    hint: "put parts one after the other, with chain() or repeat(), instead of into each other",
    what: "levels",
  },
  parts: {
    rule: "the network has too many layers",
    hint: "repeat less, or less often within each other",
    what: "layers",
  },
} as const;

function judged(extent: Extent): Extent {
  const wrong = tooMuch(extent);
  if (wrong !== undefined) throw wrong;
  return extent;
}

function tooMuch(extent: Extent): ProblemError | undefined {
  const field = (["levels", "parts"] as const).find((field) => extent[field] > MOST[field]);
  if (field === undefined) return undefined;
  const { rule, hint, what } = WORDS[field];
  const most = `${grouped(MOST[field])} ${what}`;
  return misfit(rule, `more than ${most}`, `at most ${most}`, hint);
}
