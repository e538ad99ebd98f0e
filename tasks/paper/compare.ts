/**
 * Figures that are stated and ours, side by side. A figure is met when ours,
 * rounded to the digits stated, is the same text.
 */
import { plan } from "../../layers/bound/plan.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { left, type Result, right } from "../../dsl/problem/result.ts";
import { count } from "../terminal/format.ts";
import { type Claim, CLAIMS, type ClaimSection } from "./claims.ts";
import { type Counts, countsOf } from "./counts.ts";
import { RECORDED, type Recorded } from "./recorded.ts";
import { type Subject, subjects } from "./subjects.ts";

export interface Comparison extends Claim {
  readonly ours: number;
  /** What was counted; of parameters the way of counting that meets the figure or comes nearest to it. */
  readonly counted: keyof Counts;
  readonly match: boolean;
}

export interface ComparisonSection extends Omit<ClaimSection, "claims"> {
  readonly rows: readonly Comparison[];
}

export interface PaperReport {
  readonly sections: readonly ComparisonSection[];
  readonly recorded: Readonly<Record<string, Recorded>>;
  /** Counts of ours that are no longer what they were, and binding figures that are not met. */
  readonly changes: readonly Problem[];
}

/** Ways of counting parameters, in the order in which they are preferred. */
const WAYS = ["conv and dense", "trainable", "with statistics"] as const;

export function comparePaper(recorded: Readonly<Record<string, Recorded>> = RECORDED): Result<
  PaperReport
> {
  const counted = countAll(subjects());
  if (counted._tag === "Left") return counted;
  const counts = counted.right;
  const sections = CLAIMS.map(({ claims, ...section }) => ({
    ...section,
    rows: claims.flatMap((claim) => {
      const found = counts.get(claim.network);
      return found === undefined ? [] : [compare(claim, found)];
    }),
  }));
  const missed = sections.filter(({ binding }) => binding).flatMap(({ rows }) => rows)
    .filter(({ match }) => !match).map(missedFigure);
  return right({ sections, recorded, changes: [...changesOf(counts, recorded), ...missed] });
}

function countAll(all: readonly Subject[]): Result<ReadonlyMap<string, Counts>> {
  const counts = new Map<string, Counts>();
  for (const { name, net, input } of all) {
    const planned = plan(net, input);
    if (planned._tag === "Left") return left(planned.left);
    counts.set(name, countsOf(planned.right));
  }
  return right(counts);
}

function compare(claim: Claim, counts: Counts): Comparison {
  const { quantity, stated } = claim;
  const ways = quantity === "parameters" ? WAYS : [quantity];
  const [counted] = ways.map((way) => ({ way, distance: distance(counts[way], stated) }))
    .sort((a, b) => a.distance - b.distance).map(({ way }) => way);
  const way = counted ?? "trainable";
  return { ...claim, ours: counts[way], counted: way, match: distance(counts[way], stated) === 0 };
}

/** How far a number is from a figure; nothing when it prints as the figure does. */
function distance(value: number, stated: string): number {
  if (likewise(value, stated) === stated) return 0;
  return Math.abs(value - Number.parseFloat(stated.replaceAll(",", "")) * unitOf(stated));
}

const UNITS: Readonly<Record<string, number>> = { M: 1e6, G: 1e9 };

/** What one stands for in a figure such as `31.9M`. */
function unitOf(stated: string): number {
  const unit = stated.at(-1) ?? "";
  return Object.hasOwn(UNITS, unit) ? UNITS[unit] ?? 1 : 1;
}

/** A number written as another is stated: in its unit, with as many digits. */
export function likewise(value: number, stated: string): string {
  const [, decimals = "", unit = ""] = /^[\d,]*(?:\.(\d+))?([MG%]?)$/.exec(stated) ?? [];
  return unit === "" ? count(value) : `${(value / unitOf(stated)).toFixed(decimals.length)}${unit}`;
}

function missedFigure({ network, counted, ours, stated }: Comparison): Problem {
  return {
    path: network,
    layer: "count",
    code: "paper-differs",
    rule: `the ${counted} must be what follows from the paper`,
    got: likewise(ours, stated),
    wanted: stated,
    hint: "the network, or a rule of counting, has changed",
  };
}

const COLUMNS = [...WAYS, "MACs"] as const;

/** Every count that is not the recorded one, and every network that has none. */
function changesOf(
  counts: ReadonlyMap<string, Counts>,
  recorded: Readonly<Record<string, Recorded>>,
): readonly Problem[] {
  const names = new Set([...counts.keys(), ...Object.keys(recorded)]);
  return [...names].flatMap((name) =>
    COLUMNS.flatMap((column, i) => {
      const now = counts.get(name)?.[column];
      const then = Object.hasOwn(recorded, name) ? recorded[name]?.[i] : undefined;
      if (now === then) return [];
      const show = (value: number | undefined) => value === undefined ? "nothing" : count(value);
      return [{
        path: name,
        layer: "count",
        code: "recorded-differs",
        rule: `the ${column} must be the recorded ones`,
        got: show(now),
        wanted: show(then),
        hint: "when a network is meant to change, record its counts in tasks/paper/recorded.ts",
      }];
    })
  );
}
