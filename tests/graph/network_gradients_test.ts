/** Reverse mode through whole random networks against finite differences in float64. */
import { assert } from "@std/assert";
import * as fc from "fast-check";
import { chain, fork, named, orThrow, type Plan, plan } from "../../mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import { gradients } from "../../dsl/graph/reverse.ts";
import { fuseTrainingActivations, removeDead } from "../../dsl/graph/rewrite.ts";
import { conv, dense, flatten } from "../../layers/mod.ts";
import { residualAttention } from "../../nets/mod.ts";
import { classifiers } from "../_arbitraries.ts";
import { runReference } from "../_reference.ts";
import { draws, type Numbers } from "./_differences.ts";
import { randomInputs, randomState, trainingLoss } from "./_programs.ts";

const BATCH = 3;

interface Sloped {
  /** The loss alone. */
  readonly loss: Graph;
  /** The loss and its gradients, by the images and by every parameter, by name. */
  readonly slopes: Graph;
}

function sloped(plan: Plan): Sloped {
  const graph = new GraphBuilder();
  const { loss } = trainingLoss(graph, plan, { batch: BATCH, labelSmoothing: 0.1 });
  const forward = fuseTrainingActivations(graph.finish("loss", [{ name: "loss", value: loss }]));
  const builder = GraphBuilder.continue(forward);
  const wanted = [
    ...forward.inputs.filter(({ name }) => name === "images"),
    ...forward.state.map(({ name, before }) => ({ name, value: before })),
  ];
  const [{ value = NaN } = {}] = forward.outputs;
  const found = gradients(builder, value, wanted.map(({ value }) => value));
  const outputs = wanted.map(({ name, value }) => ({ name, value: found.get(value) ?? NaN }));
  return { loss: removeDead(forward), slopes: removeDead(builder.finish("slopes", outputs)) };
}

/** A point in the space of parameters and images, moved along a direction. */
function moved(point: Numbers, direction: Numbers, by: number): Numbers {
  return Object.fromEntries(
    Object.entries(point).map(([name, numbers]) => {
      const along = direction[name];
      return [
        name,
        along === undefined ? numbers : numbers.map((x, i) => x + by * (along[i] ?? 0)),
      ];
    }),
  );
}

const STEPS = [1e-5, 1e-6, 1e-7];

/** The least difference between the slopes on both sides that makes a kink. */
const TURN = 1e-2;

/**
 * The slope along a direction agrees with a difference for some step: a
 * rectifier or a maximum that switches within one step does not within all.
 * Where the point itself lies on a kink (a standardised map of equal numbers
 * is exactly zero before its rectifier), the slopes on both sides differ at
 * every step, and there is no derivative to agree with.
 */
function checkSlope(graph: Graph, point: Numbers, direction: Numbers, slope: number): void {
  const lossAt = (by: number): number => {
    const at = moved(point, direction, by);
    return runReference(graph, at, at).outputs["loss"]?.[0] ?? NaN;
  };
  const here = lossAt(0);
  const sides = STEPS.map((step) =>
    [(here - lossAt(-step)) / step, (lossAt(step) - here) / step] as const
  );
  if (sides.every(([before, after]) => Math.abs(after - before) > TURN)) return;
  const differences = sides.map(([before, after]) => (before + after) / 2);
  const errors = differences.map((difference) => Math.abs(difference - slope));
  const tolerance = 1e-6 * Math.max(1, Math.abs(slope));
  assert(
    Math.min(...errors) <= tolerance,
    `${Object.keys(direction).slice(0, 3)}: ${slope}, not ${differences.join(" or ")}`,
  );
}

/** A random direction of length one in the space of these values. */
function randomDirection(values: Numbers, label: string): Numbers {
  const along = Object.entries(values).map(([name, numbers]) =>
    [name, draws(`${label} along ${name}`, numbers.length)] as const
  );
  const square = along.reduce((sum, [, xs]) => xs.reduce((sum, x) => sum + x * x, sum), 0);
  return Object.fromEntries(
    along.map(([name, xs]) => [name, xs.map((x) => x / Math.sqrt(square))]),
  );
}

function checkNetwork(plan: Plan, label: string, parts: number): void {
  const { loss, slopes } = sloped(plan);
  const point = { ...randomState(slopes, label), ...randomInputs(slopes, label) };
  const { outputs } = runReference(slopes, point, point);
  const check = (names: readonly string[]): void => {
    const gradient = Object.fromEntries(
      names.map((name) => [name, outputs[name] ?? new Float64Array()]),
    );
    const direction = randomDirection(gradient, label);
    const slope = names.reduce((sum, name) =>
      (gradient[name] ?? new Float64Array())
        .reduce((sum, x, i) => sum + x * (direction[name]?.[i] ?? NaN), sum), 0);
    checkSlope(loss, point, direction, slope);
  };
  const names = Object.keys(outputs);
  check(names);
  const stride = Math.max(1, Math.floor(names.length / parts));
  for (const name of names.filter((_, i) => i % stride === 0)) check([name]);
}

Deno.test("gradients of random networks' training losses are those of finite differences", () => {
  fc.assert(
    fc.property(classifiers, fc.nat(1000), ({ net, input }, label) => {
      checkNetwork(orThrow(plan(net, input)), `${label}`, 4);
    }),
    { numRuns: 45 },
  );
});

for (const activation of ["mixed", "channel", "spatial"] as const) {
  for (const learning of ["arl", "nal"] as const) {
    Deno.test(`gradients of an attention network are those of finite differences (${activation}, ${learning})`, () => {
      const net = residualAttention({
        input: [9, 7, 2],
        classes: 3,
        widths: [4, 8],
        stem: 3,
        tail: 0,
        t: 1,
        activation,
        learning,
      });
      checkNetwork(orThrow(plan(net, [9, 7, 2])), `${activation} ${learning}`, 12);
    });
  }
}

Deno.test("a branch that only gives its size gets no gradient", () => {
  const measured = named("measured", conv(2, { kernel: 3 }));
  const net = chain(fork("match", measured, named("kept", conv(2))), flatten(), dense(2));
  const { slopes } = sloped(orThrow(plan(net, [3, 3, 2])));
  const point = { ...randomState(slopes), ...randomInputs(slopes) };
  const { outputs } = runReference(slopes, point, point);
  assert(outputs["measured.kernel"]?.every((x) => x === 0));
  assert(outputs["kept.kernel"]?.every((x) => x !== 0));
});
