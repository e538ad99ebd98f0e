/** What keeps the masks of some test pictures in the folder of a run as it trains. */
import type { Engine } from "../../dsl/engines/engine.ts";
import type { Optimizer } from "../../dsl/programs/optimizers/optimizer.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { picturesAt } from "../data/pictured.ts";
import { isMissing } from "../files/io_problem.ts";
import { appendLine, writeLines } from "../files/json_lines.ts";
import { regularSize } from "../files/regular.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { attempt, orThrow, problemAt, ProblemError, type Result } from "../fp.ts";
import { attentionForks, lookAt } from "../masks/attention.ts";
import { keptLooks, keptPicture, masksFile } from "../masks/kept_masks.ts";
import type { RgbImage } from "../data/image_file.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** Whose masks are kept, and how many pictures are looked at. */
export interface MasksOf {
  readonly count: number;
  readonly plan: Plan;
  readonly dataset: Dataset<ImageSet>;
}

/** The pictures whose masks are kept, the first test pictures, with their classes. */
export function maskPictures(
  { count, plan, dataset }: MasksOf,
): Promise<Result<readonly { readonly image: RgbImage; readonly label: string }[]>> {
  return attempt(async () => {
    if (attentionForks(plan).length === 0) {
      throw new ProblemError([problemAt({ path: "masks", layer: "option", code: "no-attention" }, {
        rule: "masks are those of a network with attention",
        got: "a network in which nothing attends",
        wanted: "a network with arl or nal, such as cifar/attention-20",
        hint: "leave masks out, on a command line --masks, or train another network",
      })]);
    }
    const { test } = dataset;
    if (test === undefined || count > test.count) throw tooMany(count, dataset);
    const places = Array.from({ length: count }, (_, i) => i);
    const pictures = orThrow(await picturesAt(test, places));
    return places.map((i) => {
      const image = pictures[i];
      if (image === undefined) throw unread(i);
      return { image, label: dataset.classes[test.labels[i] ?? NaN] ?? "" };
    });
  });
}

function tooMany(count: number, { name, test }: Dataset<ImageSet>): ProblemError {
  const most = test?.count ?? 0;
  return new ProblemError([problemAt({ path: "masks", layer: "option", code: "too-many" }, {
    rule: "masks are kept of test pictures",
    got: `${count}`,
    wanted: `at most ${most}, as many as ${name} has`,
    hint: most === 0 ? "leave masks out" : "ask for fewer; four show how masks form",
  })]);
}

function unread(place: number): ProblemError {
  return new ProblemError([problemAt({ path: "masks", layer: "data", code: "broken-file" }, {
    rule: "the test pictures whose masks are kept must be whole",
    got: `test picture ${place}, which cannot be read`,
    wanted: "a picture",
    hint: "correct or remove its file, or ask for fewer masks",
  })]);
}

/** Keeps what the network makes of the pictures once an epoch has ended. */
export type MaskKeeper = (checkpoint: Checkpoint) => Promise<void>;

/** Begins the file of a run, with what its first weights make of the pictures, or adds to the one that is there. */
export async function maskKeeper(
  { run, engine, optimizer, start, ...of }: MasksOf & {
    readonly run: RunFolder;
    readonly engine: Engine;
    /** What says which weights to look with. */
    readonly optimizer: Optimizer;
    /** Where the training begins, or is resumed. */
    readonly start: Checkpoint;
  },
): Promise<MaskKeeper> {
  const pictures = orThrow(await maskPictures(of));
  const images = pictures.map(({ image }) => image);
  const { weights = (state) => state } = optimizer;
  const lineOf = async (checkpoint: Checkpoint): Promise<object> => {
    const { epoch, step } = checkpoint.position;
    const shown = { ...checkpoint, tensors: weights(checkpoint.tensors) };
    const seen = orThrow(await lookAt({ plan: of.plan, checkpoint: shown, run }, images, engine));
    return { epoch, step, looks: keptLooks(seen) };
  };
  const path = masksFile(run);
  const found = await regularSize(path, Infinity);
  if (found._tag === "Left" && !found.left.every(isMissing)) throw new ProblemError(found.left);
  if (found._tag === "Left" || found.right === 0) {
    const shown = pictures.map(({ image, label }) => keptPicture(image, label));
    const first = start.position.step === 0 ? [await lineOf(start)] : [];
    orThrow(await writeLines(path, [{ pictures: shown }, ...first]));
  }
  return async (checkpoint) => orThrow(await appendLine(path, await lineOf(checkpoint)));
}
