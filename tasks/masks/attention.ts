/**
 * What a trained network attends to: for every attention in it, the features of
 * the trunk, the mask, and the features that come out, for one picture.
 */
import type { Engine } from "../../dsl/engines/engine.ts";
import { probe, type Tap } from "../../dsl/programs/inference.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import { leaves } from "../../dsl/plan/fold.ts";
import type { ForkPlan, Plan } from "../../dsl/plan/plan.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import type { RgbImage } from "../data/image_file.ts";
import { prepareImage } from "../data/prepare_image.ts";
import { allOf, refused, type Result, right } from "../fp.ts";
import { type Loaded, outputsOf, withLoaded } from "../../dsl/engines/loaded.ts";
import type { RunFolder } from "../files/run_folder.ts";
import type { Trained } from "../training/trained.ts";
import { ranking, softmax } from "../training/measure.ts";
import type { FeatureMap } from "./maps.ts";

export interface Attention {
  /** The path of the module, or of the merge when it stands in none. */
  readonly path: string;
  /** `(1 + M) T` or `M T`. */
  readonly learning: "arl" | "nal";
  readonly before: FeatureMap;
  readonly mask: FeatureMap;
  readonly after: FeatureMap;
}

export interface Seen {
  readonly guess: string;
  readonly probability: number;
  readonly attentions: readonly Attention[];
}

/** The attentions of a plan: the merges of a trunk and a mask. */
export function attentionForks(planned: Plan): readonly ForkPlan[] {
  return leaves(planned).filter((leaf): leaf is ForkPlan =>
    leaf.kind === "fork" && leaf.meaning.attention === true
  );
}

/** The shape of the mask of an attention: the trunk's, or of what is repeated over it. */
export function maskOf(fork: ForkPlan): Shape {
  return fork.branches[1]?.output ?? fork.output;
}

/** The attentions of the network of a run; a network without any is a problem. */
export function attentionsIn(planned: Plan, folder: string): Result<readonly ForkPlan[]> {
  const forks = attentionForks(planned);
  return forks.length > 0
    ? right(forks)
    : refused({ path: folder, layer: "network", code: "no-attention" }, {
      rule: "masks are those of a network with attention",
      got: "a network in which nothing attends",
      wanted: "a network with attention, such as cifar/attention-20, or what attend() gave it",
      hint: "name another run",
    });
}

/** Looks at pictures with a trained network, one after the other; fails when the network has no attention. */
export async function lookAt(
  { plan, checkpoint, run }: Pick<Trained, "plan" | "checkpoint"> & {
    readonly run: Pick<RunFolder, "folder">;
  },
  pictures: readonly RgbImage[],
  engine: Engine,
): Promise<Result<readonly Seen[]>> {
  const found = attentionsIn(plan, run.folder);
  if (found._tag === "Left") return found;
  const { input: [height = 0, width = 0, depth], normalization, tensors } = checkpoint;
  const options = { height, width, channels: depth === 1 ? 1 : 3, normalization } as const;
  const prepared = allOf(pictures.map((picture) => prepareImage(picture, options)));
  if (prepared._tag === "Left") return prepared;
  return await withLoaded(engine, attentionProgram(plan), tensors, async (loaded) => {
    const seen: Seen[] = [];
    for (const images of prepared.right) {
      seen.push(await seenIn({ plan, classes: checkpoint.classes }, images, loaded));
    }
    return right(seen);
  });
}

/** The program of one picture that shows what the attentions of a plan do. */
export function attentionProgram(planned: Plan): Graph {
  const taps = attentionForks(planned).flatMap((fork, i): readonly Tap[] => {
    const [trunk = fork, mask = fork] = fork.branches;
    return [
      { name: `${i}.before`, part: trunk, side: "output" },
      { name: `${i}.mask`, part: mask, side: "output" },
      { name: `${i}.after`, part: fork, side: "output" },
    ];
  });
  return probe(planned, 1, taps);
}

/** What a network sees in a picture that is ready for it; its {@link attentionProgram} is loaded. */
export async function seenIn(
  { plan, classes }: { readonly plan: Plan; readonly classes: readonly string[] },
  images: Float32Array,
  loaded: Loaded,
): Promise<Seen> {
  const outputs = await outputsOf(loaded, { images });
  const logits = outputs.get("logits") ?? new Float32Array();
  const best = ranking(logits)[0] ?? 0;
  return {
    guess: classes[best] ?? "",
    probability: softmax(logits)[best] ?? NaN,
    attentions: attentionForks(plan).map((fork, i) => attentionOf(fork, i, outputs)),
  };
}

function attentionOf(
  fork: ForkPlan,
  index: number,
  numbers: ReadonlyMap<string, Float32Array>,
): Attention {
  const map = (side: string, shape: Shape): FeatureMap => {
    const [height = 1, width = 1, channels = 1] = shape.length === 1 ? [1, 1, ...shape] : shape;
    const data = numbers.get(`${index}.${side}`) ?? new Float32Array();
    return { height, width, channels, data };
  };
  const last = fork.path.lastIndexOf(".");
  return {
    path: last < 0 ? fork.path : fork.path.slice(0, last),
    learning: fork.merge === "attend" ? "arl" : "nal",
    before: map("before", fork.output),
    mask: map("mask", maskOf(fork)),
    after: map("after", fork.output),
  };
}
