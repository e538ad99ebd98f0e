/**
 * A diagram as a value: boxes, groups of boxes, and edges with the shapes that
 * flow along them. It is what Mermaid, DOT and SVG are written from, and knows
 * nothing of any of them.
 */
import { expected, fieldsOf, listOf } from "../../problem/expect.ts";
import type { Shape } from "../../net/shape.ts";

/** What a box stands for; decides its colour and form. */
export type BoxKind =
  | "end"
  | "convolution"
  | "dense"
  | "pool"
  | "resize"
  | "unit"
  | "attention"
  | "activation"
  | "normalization"
  | "merge"
  | "part"
  | "other";

/** A layer, a few layers drawn as one, a merge, or a part that is folded up. */
export interface DiagramBox {
  /** The tag. */
  readonly tag: "box";
  /** The path of what it stands for, unique in the diagram; the ends are `@input` and `@output`. */
  readonly path: string;
  /** What it stands for. */
  readonly kind: BoxKind;
  /** What is done before the main thing, or nothing: `BN · ReLU`. */
  readonly before: string;
  /** The main thing: `conv 3×3, 64`. */
  readonly label: string;
  /** What is done after it, or what it holds, or nothing. */
  readonly after: string;
  /** How many equal ones in a row it stands for. */
  readonly times: number;
  /** The larger side of the largest map that it sees; 1 for vectors. */
  readonly size: number;
}

/** A part that is drawn open. */
export interface DiagramGroup {
  /** The tag. */
  readonly tag: "group";
  /** The path of the part, unique among groups. */
  readonly path: string;
  /** What it is to the attention around it, or simply a part. */
  readonly role: "part" | "unit" | "attention" | "trunk" | "mask";
  /** Its name. */
  readonly label: string;
  /** How many equal ones in a row it stands for. */
  readonly times: number;
  /** What it holds, in order. */
  readonly items: readonly DiagramItem[];
}

/** Branches side by side, and the box that joins them. */
export interface DiagramSplit {
  /** The tag. */
  readonly tag: "split";
  /** What each branch is made of; nothing for one that passes its input on. */
  readonly branches: readonly (readonly DiagramItem[])[];
  /** The branch that goes straight on, when one of them is the main one. */
  readonly main: number | undefined;
  /** The box in which they end. */
  readonly join: DiagramBox;
}

/** What a diagram is made of. */
export type DiagramItem = DiagramBox | DiagramGroup | DiagramSplit;

/** What flows from one box to another. */
export interface DiagramEdge {
  /** The path of the box that it leaves. */
  readonly from: string;
  /** The path of the box that it enters. */
  readonly to: string;
  /** The shape of what flows. */
  readonly shape: Shape;
  /** Whether it passes by a whole branch untouched, or gives nothing but its size. */
  readonly role: "flow" | "shortcut" | "size";
}

/** A network's diagram. */
export interface Diagram {
  /** The heading, when there is one. */
  readonly title: string;
  /** What it is made of, in the order of computation; the ends are the first and the last. */
  readonly items: readonly DiagramItem[];
  /** The edges; those of a branch stand before the one from the branch to its join. */
  readonly edges: readonly DiagramEdge[];
}

/**
 * All boxes of some items, in order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan, residual } from "@netfold/netfold";
 * import { boxesOf, diagramOf } from "@netfold/netfold/diagram";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const { items } = diagramOf(orThrow(plan(residual(conv(8)), [4, 4, 8])));
 * assertEquals(boxesOf(items).map(({ label }) => label), ["input", "conv 1×1, 8", "+", "output"]);
 * ```
 */
export function boxesOf(items: readonly DiagramItem[]): readonly DiagramBox[] {
  return expected(items, ITEMS).flatMap((item) => {
    switch (item.tag) {
      case "box":
        return [item];
      case "group":
        return boxesOf(item.items);
      case "split":
        return [...item.branches.flatMap(boxesOf), item.join];
    }
  });
}

/** A shape as pictures show it: `32×32×64`. */
export function pictureShape(shape: Shape): string {
  return shape.join("×");
}

const ITEMS = /* @__PURE__ */ listOf(/* @__PURE__ */ fieldsOf(["tag"], "a part of a diagram"));

/**
 * A diagram, for what writes it.
 *
 * @throws {ProblemError} When it is none.
 */
export function judgedDiagram(diagram: Diagram): Diagram {
  const hint = "make one of a plan: diagramOf(plan)";
  return expected(diagram, fieldsOf(["items", "edges"], "a diagram", hint));
}
