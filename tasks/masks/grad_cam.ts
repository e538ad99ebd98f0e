/**
 * Grad-CAM: which positions of a network's last map speak for a class. The channels of the map are
 * weighed by the mean slopes of the class's logit; of their sum, what is positive is kept.
 * Source: Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
 * Localization", ICCV 2017.
 */
import type { Engine } from "../../dsl/engines/engine.ts";
import { type Loaded, outputsOf, withLoaded } from "../../dsl/engines/loaded.ts";
import { multiply, sum } from "../../dsl/graph/arithmetic.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { mean } from "../../dsl/graph/compose.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import { gradients } from "../../dsl/graph/reverse.ts";
import { removeDead } from "../../dsl/graph/rewrite.ts";
import { type Leaf, leaves } from "../../dsl/plan/fold.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { lower } from "../../dsl/programs/lower.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { FeatureMap } from "./maps.ts";

/** The last layer or merge that gives a map of more than one position; nothing of a network without. */
export function lastMap(planned: Plan): Leaf | undefined {
  return leaves(planned).findLast(({ output: [height = 1, width = 1, ...channels] }) =>
    channels.length === 1 && height * width > 1
  );
}

/**
 * The Grad-CAM of a picture for classes, by their numbers: for each a map of the size of the
 * network's last one, with one channel; none for a network without maps. `values` are the picture
 * as the network takes it, `height x width x channels`.
 */
export async function gradCams(
  { plan, checkpoint: { tensors } }: {
    readonly plan: Plan;
    readonly checkpoint: Pick<Checkpoint, "tensors">;
  },
  asked: AskedCams,
  engine: Engine,
): Promise<readonly FeatureMap[]> {
  const program = camProgram(plan, asked.classes.length);
  return program === undefined
    ? []
    : await withLoaded(engine, program, tensors, (loaded) => camsIn(plan, asked, loaded));
}

/** A picture as the network takes it, and the classes, by their numbers, for which it is looked at. */
export interface AskedCams {
  readonly values: Float32Array;
  readonly classes: readonly number[];
}

/** What {@link gradCams} gives, of a network whose {@link camProgram} for so many classes is loaded. */
export async function camsIn(
  plan: Plan,
  { values, classes }: AskedCams,
  loaded: Loaded,
): Promise<readonly FeatureMap[]> {
  const { output: [height = 1, width = 1] = [] } = lastMap(plan) ?? {};
  const [logits = 0] = plan.output;
  const inputs = Object.fromEntries(classes.map((wanted, i) => {
    const picked = Float32Array.from({ length: logits }, (_, at) => at === wanted ? 1 : 0);
    return [`class${i}`, picked];
  }));
  const outputs = await outputsOf(loaded, { images: values, ...inputs });
  return classes.map((_, i) => {
    const data = outputs.get(`cam${i}`) ?? new Float32Array();
    return { height, width, channels: 1, data };
  });
}

/**
 * The program of one picture and so many classes: inputs `images` and, for each class, `class0` and
 * so on, a 1 at its logit; outputs `cam0` and so on. The way to the logits is computed once, and
 * for each class the way back from them to the map. Nothing of a network without maps.
 */
export function camProgram(plan: Plan, classes: number): Graph | undefined {
  const last = lastMap(plan);
  if (last === undefined) return undefined;
  const graph = new GraphBuilder();
  const images = graph.input("images", [1, ...plan.input]);
  let map = NaN;
  const logits = lower(graph, plan, images, "inference", (part, { output }) => {
    if (part === last) map = output;
  });
  const cams = Array.from({ length: classes }, (_, i) => {
    const picked = graph.input(`class${i}`, graph.shapeOf(logits));
    const slope = gradients(graph, logits, [map], picked).get(map) ?? NaN;
    const weighted = multiply(graph, map, mean(graph, slope, [0, 1, 2]));
    return { name: `cam${i}`, value: graph.apply({ op: "relu" }, [sum(graph, weighted, [3])]) };
  });
  return removeDead(graph.finish("grad-cam", cams));
}
