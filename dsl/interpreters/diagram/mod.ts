/**
 * Diagrams as values and in the languages that draw them: what `diagram()` of netfold is made of,
 * for whoever draws otherwise or reads what a diagram holds.
 *
 * @example The boxes of a network
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { boxesOf, diagramOf } from "@netfold/netfold/diagram";
 * import { relu } from "@netfold/netfold/layers";
 *
 * const boxes = boxesOf(diagramOf(orThrow(plan(relu(), [4]))).items);
 * assertEquals(boxes.map(({ label }) => label), ["input", "ReLU", "output"]);
 * ```
 *
 * @module
 */
export { diagram, type DiagramFormat, type DiagramOptions, toSvg } from "./diagram.ts";
export { toDot } from "./dot.ts";
export { diagramOf, foldableParts, type FoldOptions } from "./fold.ts";
export { toMermaid } from "./mermaid.ts";
export {
  boxesOf,
  type BoxKind,
  type Diagram,
  type DiagramBox,
  type DiagramEdge,
  type DiagramGroup,
  type DiagramItem,
  type DiagramSplit,
} from "./value.ts";
