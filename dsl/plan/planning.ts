/**
 * Planning: a network meets the shape of its input. Either every problem that
 * can be known comes back, each with its place, or a {@link Plan}: the same
 * tree with names, shapes, parameters and costs filled in, in which nothing
 * can be wrong any more.
 *
 * A fault does not end planning: what is known of its output is carried on
 * (unknown dimensions as NaN), so that later faults are found in one go.
 */
import { extentProblems } from "../net/extent.ts";
import {
  type Configuration,
  type ForkNet,
  isNet,
  type LayerNet,
  type NamedNet,
  type Net,
} from "../net/net.ts";
import { agree, channelsOf, type Shape, showShape } from "../net/shape.ts";
import type { Problem, Way } from "../problem/problem.ts";
import { left, type Result, right } from "../problem/result.ts";
import { show } from "../problem/show.ts";
import { uncountable } from "./countable.ts";
import type { Fault } from "./fault.ts";
import { planFaults, reportFault, rewordFault } from "./given.ts";
import { forkLabel, type Language, layerLabel, meaningOf, mergeOf } from "./language.ts";
import { crowdFaults, type MergeRule } from "./merge_rule.ts";
import type { LayerPlan, Plan } from "./plan.ts";
import { homeWithin, openScope, placeOf, type Scope } from "./scope.ts";
import type { Parameter } from "./rule.ts";
import { type Trail, wayTo } from "./trail.ts";

/** The plan of a network in a language for an input, or everything that is wrong. */
export function planIn(language: Language, net: Net, input: Shape): Result<Plan> {
  const wrong = inputProblem(input);
  if (wrong !== undefined) return left([wrong]);
  const extent = extentProblems(net);
  if (extent.length > 0) return left(extent);
  const problems: Problem[] = [];
  const planned = new Planner(language).plan(net, input, {
    scope: openScope(""),
    trail: { input },
    outer: input,
    within: new Map(),
    homeOf: (path) => path,
    problems,
  });
  if (problems.length > 0) return left(problems);
  const large = uncountable(planned);
  return large === undefined ? right(planned) : left([large]);
}

/** Where a part stands while it is planned. */
interface Site {
  /** The names beside it. */
  readonly scope: Scope;
  /** What stands before it, for the way to a fault. */
  readonly trail: Trail;
  /** What comes into the fork around it, or into the network. */
  readonly outer: Shape;
  /** How many forks of each merge that rewords stand around it in the same named part. */
  readonly within: ReadonlyMap<string, number>;
  /** Where the parameters of a path here stand: elsewhere within a shared part. */
  readonly homeOf: (path: string) => string;
  /** Takes what is wrong. */
  readonly problems: Problem[];
}

/** What a layer becomes on an input, wherever it stands. */
interface Fit {
  /** What the plan says of it; nothing when its configuration has no meaning. */
  readonly plan: Pick<LayerPlan, "output" | "parameters" | "cost" | "meaning"> | undefined;
  /** What is wrong with it, and the output that is known of it nevertheless. */
  readonly faults: readonly Fault[];
}

class Planner {
  readonly #language: Language;
  /** Units repeat the same layers on the same shapes: each is fitted once. */
  readonly #fits = new Map<LayerNet, Map<string, Fit>>();
  /** The parameters by the paths of layers, for the other places of shared parts. */
  readonly #parameters = new Map<string, readonly Parameter[]>();

  constructor(language: Language) {
    this.#language = language;
  }

  plan(net: Net, input: Shape, site: Site): Plan {
    if (!isNet(net)) {
      report(site, site.scope.path, "network", [notNet(net)]);
      return nothing(input, site);
    }
    switch (net.kind) {
      case "layer":
        return this.#layer(net, input, site, undefined);
      case "chain": {
        let [output, trail] = [input, site.trail];
        const parts = net.nets.map((part) => {
          const planned = this.plan(part, output, { ...site, trail });
          output = planned.output;
          trail = { part: planned, before: trail };
          return planned;
        });
        return { kind: "chain", path: site.scope.path, input, output, parts };
      }
      case "fork":
        return this.#fork(net, input, site);
      case "named":
        return this.#named(net, input, site);
    }
  }

  #named(net: NamedNet, input: Shape, site: Site): Plan {
    const place = placeOf(net, site.scope);
    const { path, fault } = place;
    report(site, path, "named", fault === undefined ? [] : [fault]);
    const homeOf = (inner: string): string =>
      site.homeOf(fault === undefined ? homeWithin(place, inner) : inner);
    const inside = { ...site, homeOf };
    const body = isNet(net.net) && net.net.kind === "layer"
      ? this.#layer(net.net, input, inside, path)
      : this.plan(net.net, input, { ...inside, scope: openScope(path), within: new Map() });
    return { kind: "named", path, input, output: body.output, body, ...elsewhere(path, homeOf) };
  }

  #layer(part: LayerNet, input: Shape, site: Site, name: string | undefined): Plan {
    const isOuter = hasOuterWidth(part.layer);
    const outer = channelsOf(site.outer);
    const layer = isOuter ? { ...part.layer, width: outer } : part.layer;
    const { path, fault } = name === undefined
      ? site.scope.number(layerLabel(this.#language, layer))
      : { path: name, fault: undefined };
    report(site, path, layer.type, fault === undefined ? [] : [fault]);
    if (isOuter && Number.isNaN(outer)) return nothing(input, site);
    const key = isOuter ? `${input.join()} ${outer}` : input.join();
    const fits = this.#fits.get(part) ?? new Map<string, Fit>();
    const fit = fits.get(key) ?? this.#fit({ ...part, layer }, input);
    this.#fits.set(part, fits.set(key, fit));
    const planned = fit.plan;
    if (planned === undefined) {
      report(site, path, layer.type, fit.faults);
      return nothing(input, site);
    }
    const home = elsewhere(path, site.homeOf);
    const faults = [...fit.faults, ...this.#unshared(path, home.home ?? path, planned.parameters)];
    report(site, path, layer.type, faults, () => wayTo(site.trail, planned.output));
    return { kind: "layer", path, input, layer, frozen: part.frozen === true, ...planned, ...home };
  }

  /** What is wrong with the parameters that a layer needs, if it shares those of another. */
  #unshared(path: string, home: string, parameters: readonly Parameter[]): readonly Fault[] {
    if (home === path) this.#parameters.set(path, parameters);
    const known = home === path ? undefined : this.#parameters.get(home);
    if (known === undefined) return [];
    return parameters.flatMap(({ name, shape }, i) => {
      const wanted = known[i]?.shape ?? [];
      return agree(shape, wanted) ? [] : [sharedShape(`${home}.${name}`, shape, wanted)];
    });
  }

  #fit({ layer, frozen }: LayerNet, input: Shape): Fit {
    const meaning = meaningOf(this.#language, layer);
    if (meaning._tag === "Left") {
      return { plan: undefined, faults: meaning.left.map(({ field: _, ...fault }) => fault) };
    }
    const report = meaning.right.shape(input);
    const wrong = reportFault(report, [input]);
    if (wrong !== undefined) return { plan: undefined, faults: [wrong] };
    const { output, faults } = report;
    const parameters = meaning.right.parameters(input);
    const cost = meaning.right.cost(input, output);
    const invalid = planFaults(report, [input], { parameters, cost });
    if (invalid.length > 0) return { plan: undefined, faults: [...faults, ...invalid] };
    const plan = {
      meaning: meaning.right,
      output,
      parameters: frozen === true
        ? parameters.map((parameter) => ({ ...parameter, frozen }))
        : parameters,
      cost,
    };
    return { plan, faults };
  }

  #fork(net: ForkNet, input: Shape, site: Site): Plan {
    const { merge } = net;
    const { path, fault } = site.scope.number(forkLabel(this.#language, merge));
    report(site, path, merge, fault === undefined ? [] : [fault]);
    const meaning = mergeOf(this.#language, merge);
    const rewords = meaning._tag === "Right" && meaning.right.reword !== undefined;
    const level = rewords ? (site.within.get(merge) ?? 0) + 1 : 0;
    const within = rewords ? new Map(site.within).set(merge, level) : site.within;
    const inner: Site = { ...site, outer: input, ...(rewords && { within, problems: [] }) };
    const branches = net.branches.map((branch) => this.plan(branch, input, inner));
    if (meaning._tag === "Left") {
      report(site, path, merge, [meaning.left]);
      return nothing(input, site);
    }
    const rule = meaning.right;
    const shapes = branches.map((branch) => branch.output);
    const crowd = crowdFaults(rule, branches.length);
    const found = crowd.length > 0
      ? { output: shapes[0] ?? [], faults: crowd }
      : rule.shape(shapes);
    const wrong = crowd.length > 0 ? undefined : reportFault(found, shapes);
    if (wrong !== undefined) {
      report(site, path, merge, [wrong]);
      return nothing(input, site);
    }
    const { output, faults } = found;
    report(inner, path, merge, faults, () => wayTo(site.trail, output, branches));
    if (rewords) passOn(rule, inner.problems, { path, input, output, level, site });
    const cost = rule.cost(branches.length, output);
    report(site, path, merge, planFaults({ output, faults }, shapes, { parameters: [], cost }));
    return { kind: "fork", path, input, output, merge, meaning: rule, branches, cost };
  }
}

/** Whether a layer has as many channels as what comes into the fork around it. */
function hasOuterWidth(layer: Configuration): boolean {
  return "width" in layer && layer.width === "outer";
}

/** The home of a path whose parameters stand elsewhere. */
function elsewhere(
  path: string,
  homeOf: (path: string) => string,
): { readonly home?: string } {
  const home = homeOf(path);
  return home === path ? {} : { home };
}

function sharedShape(name: string, got: Shape, wanted: Shape): Fault {
  return {
    code: "shared-shape",
    rule: "the places of a shared part must need parameters of the same shapes",
    got: `${showShape(got)} here`,
    wanted: `${showShape(wanted)}, the shape of ${name}`,
    hint: "bring what comes to each place to the same channels, with a 1x1 conv or a dense layer",
  };
}

/** Stands in for a part without a meaning, which has been reported. */
function nothing(input: Shape, { scope: { path } }: Site): Plan {
  return { kind: "chain", path, input, output: input.map(() => NaN), parts: [] };
}

function notNet(value: unknown): Fault {
  return {
    code: "not-a-network",
    rule: "a network is made of layers, chains, forks and named parts",
    got: show(value),
    wanted: "what chain(), fork() and the layers' functions give",
    hint: "call a layer's function: relu(), not relu",
  };
}

/** Passes on what is wrong within a fork; what means something else there is said once, in its words. */
function passOn(
  { merge, reword }: MergeRule,
  problems: readonly Problem[],
  { path, input, output, level, site }: {
    readonly path: string;
    readonly input: Shape;
    readonly output: Shape;
    readonly level: number;
    readonly site: Site;
  },
): void {
  const told = problems.map((problem) => reword?.(problem, { input, level }));
  const invalid = told.map(rewordFault).find((wrong) => wrong !== undefined);
  const fault = invalid ?? told.find((reworded) => reworded !== undefined);
  if (fault !== undefined) report(site, path, merge, [fault], () => wayTo(site.trail, output));
  site.problems.push(...problems.filter((_, i) => told[i] === undefined));
}

function report(
  { problems }: Site,
  path: string,
  layer: string,
  faults: readonly Fault[],
  way?: () => Way,
): void {
  for (const fault of faults) {
    problems.push({ path, layer, ...fault, ...(way === undefined ? {} : { way: way() }) });
  }
}

function inputProblem(input: Shape): Problem | undefined {
  const isShape = Array.isArray(input) &&
    input.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 1);
  if (isShape && (input.length === 1 || input.length === 3)) return undefined;
  return {
    path: "",
    layer: "input",
    code: "invalid-input",
    rule: "the input must be a map or a vector of at least one element",
    got: Array.isArray(input) ? `[${input.map(show).join(", ")}]` : show(input),
    wanted: "[height, width, channels] or [features], whole numbers of at least 1",
    hint: "for an RGB image of 32x32 pixels: [32, 32, 3]",
  };
}
