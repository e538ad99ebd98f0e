/** A comparison of two networks as text, in the manner of `diff`. */
import { printable } from "../../problem/escape.ts";
import { expected, fieldsOf, optionsOf } from "../../problem/expect.ts";
import { grouped } from "../../problem/digits.ts";
import { mostOf, sumOf } from "../../problem/monoid.ts";
import { showShape } from "../../net/shape.ts";
import type { Amounts, BeforeAfter, ChangedLayer, Diff, Difference } from "./value.ts";

/** What the networks are called. */
export interface DiffTextOptions {
  /** The names in the heading, `a` and `b` by default. */
  readonly names?: BeforeAfter<string>;
}

const DIFF = fieldsOf(
  ["equal", "differences"],
  "a comparison",
  "make one of two plans: diff(a, b)",
);

/**
 * A comparison as text: `+` was added, `-` removed, `~` changed, `=` renamed.
 * Layers whose configuration is the same, and only the shapes or counts that
 * follow from others are not, are counted by part. Differences that are the
 * same in parts of other numbers share a line: `unit{2..5}.conv1`.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { chain, diff, orThrow, plan } from "@netfold/netfold";
 * import { renderDiff } from "@netfold/netfold/diff";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const a = orThrow(plan(chain(conv(8)), [4, 4, 3]));
 * const b = orThrow(plan(chain(conv(8), relu()), [4, 4, 3]));
 * assertStringIncludes(renderDiff(diff(a, b)), "relu, 4x4x8 to 4x4x8");
 * ```
 */
export function renderDiff(diff: Diff, options: DiffTextOptions = {}): string {
  expected(diff, DIFF);
  const { names } = optionsOf(options, { names: { before: "a", after: "b" } });
  const head = [`--- ${printable(names.before)}`, `+++ ${printable(names.after)}`];
  if (diff.equal) return `${[...head, "no differences"].join("\n")}\n`;
  const shapes = (["input", "output"] as const).map((end) => {
    const { before, after } = diff[end];
    return [end, showShape(before), showShape(after), ""];
  });
  const counts = AMOUNTS.map(([amount, title]) => {
    const { before, after } = diff.totals;
    const change = after[amount] - before[amount];
    return [title, grouped(before[amount]), grouped(after[amount]), signed(change)];
  });
  const total = columns([["", "before", "after", "change"], ...shapes, ...counts], [
    "left",
    "right",
    "right",
    "right",
  ]);
  const rows = gathered(rowsOf(diff.differences)).map(cells);
  const heading = ["", "", "parameters", "MACs", ""];
  const body = rows.length === 0
    ? []
    : ["", ...columns([heading, ...rows], ["left", "left", "right", "right", "left"])];
  return `${[...head, ...total, ...body].join("\n")}\n`;
}

const AMOUNTS: readonly (readonly [keyof Amounts, string])[] = [
  ["layers", "layers"],
  ["params", "parameters"],
  ["trainable", "trainable"],
  ["macs", "MACs"],
  ["flops", "FLOPs"],
];

/** A line about one difference, or about several that say the same. */
interface Row {
  readonly mark: "+" | "-" | "~" | "=";
  /** The path, cut at the number in which lines that say the same may differ. */
  readonly path: NumberedPath;
  readonly numbers: readonly string[];
  readonly text: string;
  readonly params: number;
  readonly macs: number;
}

interface NumberedPath {
  readonly start: string;
  readonly number: string;
  readonly end: string;
}

function rowsOf(differences: readonly Difference[]): readonly Row[] {
  const rows: Row[] = [];
  const followers = new Map<string, ChangedLayer[]>();
  for (const difference of differences) {
    if (difference.kind === "changed" && difference.fields.length === 0) {
      const [part = ""] = difference.path.after.split(".");
      const others = followers.get(part);
      if (others === undefined) followers.set(part, [difference]);
      else others.push(difference);
    } else rows.push(rowOf(difference));
  }
  return [...rows, ...[...followers].map(([part, group]) => followerRow(part, group))];
}

function rowOf(difference: Difference): Row {
  switch (difference.kind) {
    case "added":
    case "removed": {
      const { kind, path, layer, layers, input, output, params, macs } = difference;
      const what = layers > 1 ? `${layer} of ${layers} layers` : layer;
      const [mark, sign] = kind === "added" ? ["+", 1] as const : ["-", -1] as const;
      const text = `${what}, ${showShape(input)} to ${showShape(output)}`;
      return row(mark, numbered(path, layer === "part"), text, sign * params, sign * macs);
    }
    case "renamed": {
      const { path, layers: { before, after } } = difference;
      const single = before === 1 && after === 1;
      const layers = before === after ? `${before}` : `${before} to ${after}`;
      const text = `is now ${newName(path)}${single ? "" : `, ${layers} layers`}`;
      return row("=", numbered(path.before, !single), text);
    }
    case "changed": {
      const { path, layer, fields, output } = difference;
      const [old, now] = [showShape(output.before), showShape(output.after)];
      const text = [
        ...(path.before === path.after ? [] : [`is now ${newName(path)}`]),
        ...fields.map(({ field, before, after }) => `${field} ${value(before)} to ${value(after)}`),
        ...(old === now ? [] : [`output ${old} to ${now}`]),
      ].join(", ");
      return row(
        "~",
        numbered(path.before, false),
        `${layer}: ${text}`,
        ...changesOf([difference]),
      );
    }
  }
}

function followerRow(part: string, group: readonly ChangedLayer[]): Row {
  const layers = `${group.length} ${group.length === 1 ? "layer" : "layers"}`;
  return row(
    "~",
    numbered(part, true),
    `${layers} with other shapes or counts`,
    ...changesOf(group),
  );
}

function row(mark: Row["mark"], path: NumberedPath, text: string, params = 0, macs = 0): Row {
  return { mark, path, numbers: [path.number], text, params, macs };
}

/** A path cut at a number: a part's own, for a layer the number of the part that it stands in. */
function numbered(path: string, isPart: boolean): NumberedPath {
  const inPart = isPart ? null : /^(.*\D)(\d+)(\.[^.]+)$/.exec(path);
  const [, start = path, number = "", end = ""] = inPart ?? /^(.*\D)(\d+)()$/.exec(path) ?? [];
  return { start, number, end };
}

/** What a part is called now: its whole path when what is around it has another name too. */
function newName({ before, after }: BeforeAfter<string>): string {
  const around = (path: string) => path.slice(0, path.lastIndexOf(".") + 1);
  return around(before) === around(after) ? after.slice(around(after).length) : after;
}

/** Lines that say the same of parts that differ in one number, as one line each. */
function gathered(rows: readonly Row[]): readonly Row[] {
  const found = new Map<string, Row>();
  rows.forEach((row, i) => {
    const { mark, path, text, params, macs } = row;
    const same = path.number === ""
      ? `${i}`
      : JSON.stringify([mark, path.start, path.end, text, params, macs]);
    const other = found.get(same);
    const numbers = [...other?.numbers ?? [], ...row.numbers];
    found.set(same, { ...row, numbers });
  });
  return [...found.values()].map((row) => ({
    ...row,
    params: row.params * row.numbers.length,
    macs: row.macs * row.numbers.length,
  }));
}

function cells({ mark, path, numbers, text, params, macs }: Row): readonly string[] {
  const { start, end } = path;
  const number = numbers.length === 1 ? numbers[0] : `{${ranges(numbers)}}`;
  const times = numbers.length === 1 ? "" : `${numbers.length} times `;
  return [mark, `${start}${number}${end}`, signed(params), signed(macs), `${times}${text}`];
}

/** Rising numbers, with runs as their ends: `2,5..9`. */
function ranges(numbers: readonly string[]): string {
  const runs: { readonly first: number; readonly last: number }[] = [];
  for (const number of numbers.map(Number)) {
    const run = runs.at(-1);
    if (run !== undefined && run.last + 1 === number) {
      runs[runs.length - 1] = { ...run, last: number };
    } else runs.push({ first: number, last: number });
  }
  return runs.map(({ first, last }) => first === last ? `${first}` : `${first}..${last}`).join(",");
}

function changesOf(group: readonly ChangedLayer[]): readonly [params: number, macs: number] {
  const sum = (amount: "params" | "macs") =>
    sumOf(group, ({ amounts: { before, after } }) => after[amount] - before[amount]);
  return [sum("params"), sum("macs")];
}

function columns(
  cells: readonly (readonly string[])[],
  align: readonly ("left" | "right")[],
): readonly string[] {
  const rows = cells.map((row) => row.map(printable));
  const widths = align.map((_, i) => mostOf(rows, (row) => row[i]?.length ?? 0));
  return rows.map((row) =>
    align.map((side, i) => {
      const [text, width] = [row[i] ?? "", widths[i] ?? 0];
      const gap = i === 0 && width === 1 ? " " : "  ";
      return (side === "left" ? text.padEnd(width) : text.padStart(width)) + gap;
    }).join("").trimEnd()
  );
}

/** A field's value: `3x3`, `1/4`, `same`. */
function value(field: unknown): string {
  if (field === undefined) return "none";
  if (Array.isArray(field)) return field.join(field.length === 2 ? "x" : ",");
  if (typeof field === "object" && field !== null && "ratio" in field) {
    return Array.isArray(field.ratio) ? field.ratio.join("/") : JSON.stringify(field.ratio);
  }
  return typeof field === "string" ? field : JSON.stringify(field);
}

/** A difference with its sign; nothing for none. */
function signed(number: number): string {
  return number === 0 ? "" : number > 0 ? `+${grouped(number)}` : grouped(number);
}
