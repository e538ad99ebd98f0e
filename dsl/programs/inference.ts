/**
 * The programs that read a network: one that answers, one that shows what is inside, and one that
 * says what an output depends on. All are as at inference: batch norms use their running
 * statistics.
 */
import { show } from "../problem/show.ts";
import { closest } from "../problem/suggest.ts";
import { parametersOf } from "../plan/parameters.ts";
import { judged } from "../plan/fold.ts";
import {
  COUNT,
  expected,
  hasFields,
  listOf,
  misfit,
  oneOf,
  optionsOf,
  TEXT,
  type Wanted,
} from "../problem/expect.ts";
import type { Plan } from "../plan/plan.ts";
import { GraphBuilder } from "../graph/builder.ts";
import type { Graph, ValueId } from "../graph/graph.ts";
import { lower } from "./lower.ts";
import { gradients } from "../graph/reverse.ts";
import { foldAffine, fuseActivations, removeDead } from "../graph/rewrite.ts";

/**
 * The program that answers: `images` of `[batch, ...input]` give `logits`. Batch norms use their
 * running statistics and are folded into the convolution before them wherever nothing else reads
 * it.
 */
export function inference(plan: Plan, batch: number): Graph {
  const graph = new GraphBuilder();
  const images = imagesOf(graph, plan, batch);
  const logits = lower(graph, plan, images, "inference");
  const program = graph.finish("inference", [{ name: "logits", value: logits }]);
  return fuseActivations(foldAffine(removeDead(program)));
}

/** A value inside a network that is to be seen: what goes into a part, or what comes out of it. */
export interface Tap {
  /** The name of the program's output. */
  readonly name: string;
  /** The part, one of the plan's own. */
  readonly part: Plan;
  /** Which side of it. */
  readonly side: "input" | "output";
}

/**
 * The program that answers and shows what is inside: `logits`, and an output for each tap, `[batch,
 * ...shape]`, all as at inference.
 *
 * @throws {ProblemError} When a tap's part is not one of the plan's.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leaves, orThrow, plan, probe } from "@netfold/netfold";
 * import { attention20 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention20(), [32, 32, 3]));
 * const attends = leaves(planned).filter((leaf) => leaf.kind === "fork" && leaf.merge === "attend");
 * const taps = attends.map((part, i) => ({ name: `after${i + 1}`, part, side: "output" } as const));
 * const program = probe(planned, 1, taps);
 * assertEquals(program.outputs.map(({ name }) => name), ["logits", "after1", "after2", "after3"]);
 * ```
 */
export function probe(plan: Plan, batch: number, taps: readonly Tap[]): Graph {
  const graph = new GraphBuilder();
  const { logits, shown } = tapped(graph, plan, batch, taps);
  const outputs = [...shown].map(([{ name }, value]) => ({ name, value }));
  const program = graph.finish("probe", [{ name: "logits", value: logits }, ...outputs]);
  return fuseActivations(foldAffine(removeDead(program)));
}

/** What {@link sensitivity} is asked for. */
export interface SensitivityOptions {
  /** The value whose gradient is wanted, weighted by the input `weights`; the logits by default. */
  readonly of?: Tap;
  /** With respect to what: values inside the network, or parameters by their names. */
  readonly wrt: readonly (Tap | string)[];
}

/**
 * The program that shows what an output depends on: `logits`, the value of every tap, and for each
 * of `wrt` its gradient, named `gradient.NAME`, all as at inference. What is differentiated is the
 * sum of `of` times the input `weights`, which has its shape, `[batch, ...shape]`: a 1 picks an
 * entry.
 *
 * @throws {ProblemError} When a tap's part or a parameter is not one of the plan's.
 * @example Grad-CAM: how much each channel of the last map speaks for a class
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leaves, orThrow, plan, sensitivity } from "@netfold/netfold";
 * import { attention20 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention20(), [32, 32, 3]));
 * const part = leaves(planned).findLast(({ output }) => output.length === 3) ?? planned;
 * const program = sensitivity(planned, 1, { wrt: [{ name: "map", part, side: "output" }] });
 * assertEquals(program.inputs.map(({ name }) => name), ["images", "weights"]);
 * assertEquals(program.outputs.map(({ name }) => name), ["logits", "map", "gradient.map"]);
 * ```
 */
export function sensitivity(plan: Plan, batch: number, options: SensitivityOptions): Graph {
  const { of, wrt } = optionsOf(options, { of: undefined, wrt: [] });
  expected(wrt, WRT, "wrt");
  const graph = new GraphBuilder();
  const taps = [
    ...(of === undefined ? [] : [of]),
    ...wrt.filter((value) => typeof value !== "string"),
  ];
  const { logits, shown } = tapped(graph, plan, batch, taps);
  const subject = of === undefined ? logits : shown.get(of) ?? NaN;
  const parameters = new Map(parametersOf(plan).map(({ path, shape }) => [path, shape]));
  const places = wrt.map((value) => {
    if (typeof value !== "string") return { name: value.name, value: shown.get(value) ?? NaN };
    const shape = parameters.get(value);
    if (shape === undefined) {
      const known = [...parameters.keys()];
      throw misfit(
        `the plan has no parameter ${value}`,
        value,
        "a parameter",
        closest(value, known, ""),
      );
    }
    return { name: value, value: graph.state(value, shape) };
  });
  const shape = graph.shapeOf(subject);
  const weighted = graph.apply({ op: "multiply" }, [subject, graph.input("weights", shape)]);
  const sum = graph.apply({ op: "sum", axes: shape.map((_, axis) => axis) }, [weighted]);
  const slopes = gradients(graph, sum, places.map(({ value }) => value));
  return removeDead(graph.finish("sensitivity", [
    { name: "logits", value: logits },
    ...[...shown].map(([{ name }, value]) => ({ name, value })),
    ...places.map(({ name, value }) => ({
      name: `gradient.${name}`,
      value: slopes.get(value) ?? NaN,
    })),
  ]));
}

/** The input of `[batch, ...input]`. */
export function imagesOf(graph: GraphBuilder, plan: Plan, batch: number): ValueId {
  expected(batch, { ...COUNT, hint: "say how many images a run takes" });
  return graph.input("images", [batch, ...judged(plan).input]);
}

const SIDE = /* @__PURE__ */ oneOf(["input", "output"]);
const TAP: Wanted = {
  fits: (value) =>
    hasFields(value, ["name", "part", "side"]) && TEXT.fits(value.name) && SIDE.fits(value.side),
  wanted: "a tap: { name, part, side }, the side input or output",
};
const TAPS = /* @__PURE__ */ listOf(TAP);
const WRT = /* @__PURE__ */ listOf({
  fits: (value) => TEXT.fits(value) || TAP.fits(value),
  wanted: "a tap or the name of a parameter",
});

/** Adds a network at inference, and gives the values at its taps. */
function tapped(graph: GraphBuilder, plan: Plan, batch: number, taps: readonly Tap[]) {
  const images = imagesOf(graph, plan, batch);
  expected(taps, TAPS);
  const shown = new Map<Tap, ValueId>();
  const logits = lower(graph, plan, images, "inference", (part, values) => {
    for (const tap of taps) if (tap.part === part) shown.set(tap, values[tap.side]);
  });
  const missing = taps.find((tap) => !shown.has(tap));
  if (missing !== undefined) {
    const wanted = "a part of this very plan";
    throw misfit(`the plan has no part for the tap ${missing.name}`, show(missing.part), wanted);
  }
  return { logits, shown };
}
