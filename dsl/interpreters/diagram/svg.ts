/**
 * Diagrams as SVG, drawn by Graphviz compiled to WebAssembly, which is loaded
 * at the first drawing. It needs no permission and no program on the machine.
 */
import { toDot } from "./dot.ts";
import type { Diagram } from "./value.ts";

/**
 * A diagram as the text of an SVG file.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { diagramOf, orThrow, plan, stage, toSvg } from "@netfold/netfold";
 *
 * const module = diagramOf(orThrow(plan(stage(1, 2, 1), [32, 32, 64])));
 * assertStringIncludes(await toSvg(module), "soft mask branch M");
 * ```
 */
export async function toSvg(diagram: Diagram): Promise<string> {
  const { instance } = await import("@viz-js/viz");
  const graphviz = await instance();
  // Everything has its place already; this engine leaves it there.
  return graphviz.renderString(toDot(diagram), { format: "svg", engine: "nop2" });
}
