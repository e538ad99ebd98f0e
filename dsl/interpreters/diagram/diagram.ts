/**
 * Diagrams: a planned network as Mermaid, DOT or SVG. Parts are folded to a
 * depth, equal units in a row are drawn once, edges carry shapes, and a soft
 * mask branch has the outline of the hourglass that it is.
 *
 * A diagram is made in three steps, each a function of what the last one gave:
 *
 * 1. `fold.ts` folds a plan into a {@link Diagram}, a value that `value.ts`
 *    describes: boxes, groups, and edges with their shapes. `_words.ts` says
 *    what is written in the boxes, and which layers share one.
 * 2. `layout.ts` gives everything its place, by the sizes of `style.ts`.
 * 3. `dot.ts` writes both down, with the lines of `_curves.ts`, and Graphviz
 *    makes SVG of that; `mermaid.ts` writes the value and leaves places to Mermaid.
 *
 * Colours and forms are the same in all formats; they stand in `style.ts`.
 */
import { show } from "../../problem/show.ts";
import { printableLines } from "../../problem/escape.ts";
import { expected, misfit, OPTIONS } from "../../problem/expect.ts";
import type { Plan } from "../../plan/plan.ts";
import { toDot } from "./dot.ts";
import { diagramOf, type FoldOptions } from "./fold.ts";
import { toMermaid } from "./mermaid.ts";
import type { Diagram } from "./value.ts";

/** The languages of diagrams. */
export type DiagramFormat = "mermaid" | "dot" | "svg";

/** How a diagram is drawn. */
export interface DiagramOptions extends FoldOptions {
  /** The language; Mermaid by default. */
  readonly format?: DiagramFormat;
}

/**
 * A planned network's diagram as text. SVG is drawn by Graphviz in
 * WebAssembly, which is loaded for it, so it comes as a promise.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { diagram, orThrow, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention56(), [32, 32, 3]));
 * assertStringIncludes(diagram(planned, { depth: 2 }), "flowchart TB");
 * assertStringIncludes(diagram(planned, { format: "dot" }), "soft mask branch M");
 * assertStringIncludes(await diagram(planned, { format: "svg", title: "Attention-56" }), "<svg");
 * ```
 */
export function diagram(
  plan: Plan,
  options?: DiagramOptions & { readonly format?: "mermaid" | "dot" },
): string;
/** A planned network's diagram as the text of an SVG file. */
export function diagram(
  plan: Plan,
  options: DiagramOptions & { readonly format: "svg" },
): Promise<string>;
/** A planned network's diagram in a format that is known only as the program runs. */
export function diagram(plan: Plan, options: DiagramOptions): string | Promise<string>;
export function diagram(plan: Plan, options: DiagramOptions = {}): string | Promise<string> {
  const { format = "mermaid", ...fold } = expected(options, OPTIONS);
  const value = diagramOf(plan, fold);
  switch (format) {
    case "mermaid":
      return toMermaid(value);
    case "dot":
      return toDot(value);
    case "svg":
      return toSvg(value);
    default:
      format satisfies never;
      throw misfit("there is no such format", show(format), "mermaid, dot or svg", "", "format");
  }
}

/**
 * A diagram as the text of an SVG file.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow, plan, stage } from "@netfold/netfold";
 * import { diagramOf, toSvg } from "@netfold/netfold/diagram";
 *
 * const module = diagramOf(orThrow(plan(stage(1, 2, 1), [32, 32, 64])));
 * assertStringIncludes(await toSvg(module), "soft mask branch M");
 * ```
 */
export async function toSvg(diagram: Diagram): Promise<string> {
  // Loaded at the first drawing: Graphviz needs no permission, and no program on the machine.
  const { instance } = await import("@viz-js/viz");
  const graphviz = await instance();
  // Everything has its place already; this engine leaves it there.
  return printableLines(
    graphviz.renderString(toDot(diagram), { format: "svg", engine: "nop2" }),
  );
}
