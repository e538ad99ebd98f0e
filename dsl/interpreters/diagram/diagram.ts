/**
 * Diagrams: a planned network as Mermaid, DOT or SVG. Parts are folded to a
 * depth, equal units in a row are drawn once, edges carry shapes, and a soft
 * mask branch has the outline of the hourglass that it is.
 */
import type { Plan } from "../../plan/plan.ts";
import { toDot } from "./dot.ts";
import { diagramOf, type FoldOptions } from "./fold.ts";
import { toMermaid } from "./mermaid.ts";
import { toSvg } from "./svg.ts";

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
  const { format = "mermaid", ...fold } = options;
  const value = diagramOf(plan, fold);
  switch (format) {
    case "mermaid":
      return toMermaid(value);
    case "dot":
      return toDot(value);
    case "svg":
      return toSvg(value);
  }
}
