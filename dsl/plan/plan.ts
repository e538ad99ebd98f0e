/**
 * Planning: a network meets the shape of its input. Either every problem that
 * can be known comes back, each with its place, or a {@link Plan}: the same
 * tree with names, shapes, parameters and costs filled in, in which nothing
 * can be wrong any more.
 *
 * A fault does not end planning: what is known of its output is carried on
 * (unknown dimensions as NaN), so that later faults are found in one go.
 */
import { type Layer, ruleOf } from "../../layers/table.ts";
import { TOO_LARGE } from "../../layers/_window.ts";
import { layerFaults } from "./configuration.ts";
import type { Cost, Fault, Parameter } from "./rule.ts";
import { forkLabel, mergeCost, mergeShape } from "./merge.ts";
import type { ForkNet, LayerNet, Merge, NamedNet, Net } from "../net/net.ts";
import type { Problem, Way } from "../problem/problem.ts";
import { left, type Result, right } from "../problem/result.ts";
import { openScope, placeOf, type Scope } from "./scope.ts";
import { type Shape, showShape } from "../net/shape.ts";
import { type Trail, wayTo } from "./trail.ts";

/** What every planned part has. */
export interface Planned {
  /** Its path: its own name under the names around it. */
  readonly path: string;
  /** The shape of what goes in, without the batch. */
  readonly input: Shape;
  /** The shape of what comes out. */
  readonly output: Shape;
}

/** A planned layer. */
export interface LayerPlan extends Planned {
  /** The tag. */
  readonly kind: "layer";
  /** The configuration. */
  readonly layer: Layer;
  /** Whether training leaves it as it is. */
  readonly frozen: boolean;
  /** Its parameters; each one's full name is the path, a dot and its name. */
  readonly parameters: readonly Parameter[];
  /** The price of one pass over one image. */
  readonly cost: Cost;
}

/** A planned chain. */
export interface ChainPlan extends Planned {
  /** The tag. */
  readonly kind: "chain";
  /** The parts, in order. */
  readonly parts: readonly Plan[];
}

/** A planned fork. */
export interface ForkPlan extends Planned {
  /** The tag. */
  readonly kind: "fork";
  /** How the branches become one. */
  readonly merge: Merge;
  /** The branches. */
  readonly branches: readonly Plan[];
  /** The price of the merge alone. */
  readonly cost: Cost;
}

/** A planned named part. */
export interface NamedPlan extends Planned {
  /** The tag. */
  readonly kind: "named";
  /** The part. */
  readonly body: Plan;
}

/** A network that fits its input. */
export type Plan = LayerPlan | ChainPlan | ForkPlan | NamedPlan;

/**
 * Plans a network for an input of `[height, width, channels]` or `[features]`.
 *
 * @example Every problem at once
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, plan } from "@netfold/netfold";
 * import { conv, dense } from "@netfold/netfold/layers";
 *
 * const result = plan(chain(conv(30, { groups: 4 }), dense(10)), [8, 8, 4]);
 * if (result._tag === "Left") {
 *   assertEquals(result.left.map(({ path }) => path), ["conv1", "dense1"]);
 * }
 * ```
 */
export function plan(net: Net, input: Shape): Result<Plan> {
  const wrong = inputProblem(input);
  if (wrong !== undefined) return left([wrong]);
  const problems: Problem[] = [];
  const planned = planNet(net, input, {
    scope: openScope(""),
    problems,
    fits: new Map(),
    matches: 0,
    trail: { input },
  });
  return problems.length === 0 ? right(planned) : left(problems);
}

interface Context {
  readonly scope: Scope;
  readonly problems: Problem[];
  /** Layers that have been fitted, by the input's dimensions. */
  readonly fits: Map<LayerNet, Map<string, Fit>>;
  /** How many forks that match sizes stand around in the same named part, for an hourglass's depth. */
  readonly matches: number;
  /** What stands before, for the way to a fault. */
  readonly trail: Trail;
}

function planNet(net: Net, input: Shape, context: Context): Plan {
  switch (net.kind) {
    case "layer":
      return planLayer(net, input, context, undefined);
    case "chain": {
      let output = input;
      let { trail } = context;
      const parts = net.nets.map((part) => {
        const planned = planNet(part, output, { ...context, trail });
        output = planned.output;
        trail = { part: planned, before: trail };
        return planned;
      });
      return { kind: "chain", path: context.scope.path, input, output, parts };
    }
    case "fork":
      return planFork(net, input, context);
    case "named":
      return planNamed(net, input, context);
  }
}

function planNamed(net: NamedNet, input: Shape, context: Context): Plan {
  const { path, fault } = placeOf(net, context.scope);
  if (fault !== undefined) report(context, path, "named", [fault]);
  const body = net.net.kind === "layer"
    ? planLayer(net.net, input, context, path)
    : planNet(net.net, input, { ...context, scope: openScope(path), matches: 0 });
  return { kind: "named", path, input, output: body.output, body };
}

function planLayer(
  part: LayerNet,
  input: Shape,
  context: Context,
  name: string | undefined,
): Plan {
  const { layer } = part;
  const { path, fault } = name === undefined
    ? context.scope.number(ruleOf(layer).label)
    : { path: name, fault: undefined };
  if (fault !== undefined) report(context, path, layer.type, [fault]);
  const { faults, placed, ...fit } = fitOf(part, input, context.fits);
  const way = placed ? () => wayTo(context.trail, fit.output) : undefined;
  report(context, path, layer.type, faults, way);
  return { kind: "layer", path, input, layer, frozen: part.frozen === true, ...fit };
}

/** What a layer becomes on an input, wherever it stands. */
type Fit = Pick<LayerPlan, "output" | "parameters" | "cost"> & {
  readonly faults: readonly Fault[];
  /** Whether its configuration is sound, so that faults are those of its place. */
  readonly placed: boolean;
};

/** Units repeat the same layers on the same shapes: each is fitted once. */
function fitOf(part: LayerNet, input: Shape, fits: Context["fits"]): Fit {
  const key = input.join();
  const known = fits.get(part)?.get(key);
  if (known !== undefined) return known;
  const fit = newFit(part, input);
  const places = fits.get(part) ?? new Map<string, Fit>();
  fits.set(part, places.set(key, fit));
  return fit;
}

function newFit({ layer, frozen }: LayerNet, input: Shape): Fit {
  const misfits = layerFaults(layer);
  if (misfits.length > 0) {
    const output = input.map(() => NaN);
    return { output, parameters: [], cost: FREE, faults: misfits, placed: false };
  }
  const rule = ruleOf(layer);
  const { output, faults } = rule.shape(layer, input);
  const parameters = rule.parameters(layer, input);
  return {
    output,
    parameters: frozen === true
      ? parameters.map((parameter) => ({ ...parameter, frozen }))
      : parameters,
    cost: rule.cost(layer, input, output),
    faults,
    placed: true,
  };
}

function planFork(net: ForkNet, input: Shape, outer: Context): Plan {
  const { path, fault } = outer.scope.number(forkLabel(net.merge));
  if (fault !== undefined) report(outer, path, net.merge, [fault]);
  const context = net.merge === "match"
    ? { ...outer, matches: outer.matches + 1, problems: [] }
    : outer;
  const branches = net.branches.map((branch) => planNet(branch, input, context));
  const { output, faults } = mergeShape(
    net.merge,
    branches.map((branch) => branch.output),
  );
  report(context, path, net.merge, faults, () => wayTo(context.trail, output, branches));
  if (net.merge === "match") reportMatch(outer, context, { path, input, output });
  const cost = mergeCost(net.merge, branches.length, output);
  return {
    kind: "fork",
    path,
    input,
    output,
    merge: net.merge,
    branches,
    cost,
  };
}

const FREE: Cost = { macs: 0, flops: 0 };

/**
 * Passes on what is wrong within a fork that matches sizes. A pool there that
 * is too large for a map of a single row or column is an hourglass too deep.
 */
function reportMatch(
  outer: Context,
  inner: Context,
  { path, input, output }: Planned,
): void {
  const small = Math.min(input[0] ?? NaN, input[1] ?? NaN) < 2;
  const isTooDeep = ({ layer, code }: Problem) =>
    small && layer === "max_pool" && code === TOO_LARGE;
  if (inner.problems.some(isTooDeep)) {
    const way = () => wayTo(outer.trail, output);
    report(outer, path, "match", [tooDeep(input, inner.matches)], way);
  }
  for (const problem of inner.problems) {
    if (!isTooDeep(problem)) outer.problems.push(problem);
  }
}

function tooDeep(input: Shape, level: number): Fault {
  return {
    code: "hourglass-too-deep",
    rule: "the hourglass is deeper than its map allows",
    got: `a map of ${showShape(input)} left to shrink at level ${level}`,
    wanted: "a map of at least 2x2 before each level",
    hint: level > 1 ? `use depth ${level - 1} or less, or a larger input` : "use a larger input",
  };
}

function report(
  context: Context,
  path: string,
  layer: string,
  faults: readonly Fault[],
  way?: () => Way,
): void {
  for (const fault of faults) {
    context.problems.push({ path, layer, ...fault, ...(way === undefined ? {} : { way: way() }) });
  }
}

function inputProblem(input: Shape): Problem | undefined {
  const whole = input.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 1);
  if (whole && (input.length === 1 || input.length === 3)) return undefined;
  return {
    path: "",
    layer: "input",
    code: "invalid-input",
    rule: "the input must be a map or a vector of at least one element",
    got: `[${input.join(", ")}]`,
    wanted: "[height, width, channels] or [features], whole numbers of at least 1",
    hint: "for an RGB image of 32x32 pixels: [32, 32, 3]",
  };
}
