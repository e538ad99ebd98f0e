/**
 * The way to a fault as a picture in text: the last layers before it with the
 * shapes that come out of them, one below the other, the branches of a merge
 * side by side, and the place of the fault marked with `>`.
 */
import { printable } from "./escape.ts";
import type { Problem, Step, Way } from "./problem.ts";

/** The lines of a problem's picture; none when it has no way. */
export function pictureOf({ path, layer, way }: Problem): readonly string[] {
  if (way === undefined) return [];
  const fault = { path, layer, output: way.output };
  const [last = "", ...before] = aligned([...way.steps, fault], "").toReversed();
  const branches = way.branches === undefined ? [] : sideBySide(way.branches, path);
  const around = [...(way.more ? ["..."] : []), ...before.toReversed(), ...branches];
  return [...around.map((line) => `  ${line}`), `> ${last}`];
}

/** Steps as lines: paths without the scope that they are in, then shapes. */
function aligned(steps: readonly Step[], scope: string): readonly string[] {
  const rows = steps.map(({ path, layer, output }) => {
    const label = path === "" ? layer : path.startsWith(scope) ? path.slice(scope.length) : path;
    return { label: printable(label), output };
  });
  const width = rows.reduce((most, { label }) => Math.max(most, label.length), 0);
  return rows.map(({ label, output }) => `${label.padEnd(width)}  ${output}`);
}

/** Branches in columns that end together, above the merge at the path. */
function sideBySide(branches: NonNullable<Way["branches"]>, path: string): readonly string[] {
  const scope = path.slice(0, path.lastIndexOf(".") + 1);
  const columns = branches.map(({ steps, more }) => [
    ...(more ? ["..."] : []),
    ...aligned(steps, scope),
  ]);
  const longest = (lines: readonly { readonly length: number }[]) =>
    lines.reduce((most, { length }) => Math.max(most, length), 0);
  const height = longest(columns);
  const rows = Array.from(
    { length: height },
    (_, row) => columns.map((lines) => lines[row - (height - lines.length)] ?? ""),
  );
  const widths = columns.map(longest);
  const rule = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+`;
  const lines = rows.map((cells) =>
    `|${cells.map((cell, i) => ` ${cell.padEnd(widths[i] ?? 0)} `).join("|")}|`
  );
  return [rule, ...lines, rule];
}
