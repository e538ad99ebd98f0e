/** What differs between two networks, as plain data; what `deno task diff --format json` prints. */
import type { Shape } from "../../net/shape.ts";

/** A value in the first network and in the second. */
export interface BeforeAfter<A> {
  /** In the first network. */
  readonly before: A;
  /** In the second. */
  readonly after: A;
}

/** What a part of a network amounts to. */
export interface Amounts {
  /** Layers, and merges of branches. */
  readonly layers: number;
  /** All parameters, running statistics included. */
  readonly params: number;
  /** Those that an optimiser changes. */
  readonly trainable: number;
  /** Multiply-accumulates of convolutions and dense layers for one image. */
  readonly macs: number;
  /** Floating point operations for one image. */
  readonly flops: number;
}

/** A part that only one of the networks has. */
export interface LonePart extends Amounts {
  /** Whether the second network has it or the first. */
  readonly kind: "added" | "removed";
  /** Its path. */
  readonly path: string;
  /** A layer's type, a merge's name, or `part`. */
  readonly layer: string;
  /** The shape that goes in. */
  readonly input: Shape;
  /** The shape that comes out. */
  readonly output: Shape;
}

/** A field of a layer's configuration with another value; `undefined` where there is no such field. */
export interface FieldChange extends BeforeAfter<unknown> {
  /** The field; `type` for the layer's type, `merge` for a merge's. */
  readonly field: string;
}

/** A layer or a merge that both networks have, with differences. */
export interface ChangedLayer {
  /** The tag. */
  readonly kind: "changed";
  /** Its path in either. */
  readonly path: BeforeAfter<string>;
  /** The layer's type or the merge's name, in the second network. */
  readonly layer: string;
  /** The fields that differ; none where only shapes and counts do. */
  readonly fields: readonly FieldChange[];
  /** The shapes that go in. */
  readonly input: BeforeAfter<Shape>;
  /** The shapes that come out. */
  readonly output: BeforeAfter<Shape>;
  /** What it amounts to. */
  readonly amounts: BeforeAfter<Amounts>;
}

/** A part with another name or number, with which the paths in it begin; what else differs in it is told apart. */
export interface RenamedPart {
  /** The tag. */
  readonly kind: "renamed";
  /** Its path in either. */
  readonly path: BeforeAfter<string>;
  /** Its layers and merges. */
  readonly layers: BeforeAfter<number>;
}

/** One thing that differs. */
export type Difference = LonePart | ChangedLayer | RenamedPart;

/** Everything that differs between two networks. */
export interface Diff {
  /** Whether nothing does. */
  readonly equal: boolean;
  /** The shapes that go in. */
  readonly input: BeforeAfter<Shape>;
  /** The shapes that come out. */
  readonly output: BeforeAfter<Shape>;
  /** What the networks amount to; the differences add up to the difference of these. */
  readonly totals: BeforeAfter<Amounts>;
  /** The differences, in the order of computation. */
  readonly differences: readonly Difference[];
}
