/**
 * Training in the page: a Residual Attention Network of two stages, small enough for a processor to
 * see its masks form within a minute, on the data set `shapes` or on pictures of CIFAR-10.
 */
import type { Engine } from "../../../../dsl/engines/engine.ts";
import { params } from "../../../../dsl/interpreters/counts/params.ts";
import { plan } from "../../../../layers/bound/plan.ts";
import { residualAttention } from "../../../../nets/residual_attention.ts";
import { datasetOf, imageBytes, type Images, type TestedDataset } from "../../../data/dataset.ts";
import { shapes } from "../../../data/shapes.ts";
import { attempt, orThrow, ProblemError, type Result } from "../../../fp.ts";
import { lookAt } from "../../../masks/attention.ts";
import { fit } from "../../../training/fit.ts";
import { imagesIn, type Split } from "../../cifar10_records.ts";
import type { Cifar10There } from "../../wire.ts";
import { answerAt } from "../answer.ts";
import type { Settings } from "../train/settings.ts";
import type { Shown, TrainTold } from "./messages.ts";

/** What the network has beside its settings. */
const WIDTHS = { widths: [16, 32], tail: 0 } as const;
const BATCH = 32;
const COUNTS = { count: 4000, testCount: 200 } as const;
/** Test images that are looked at, and the steps from one look to the next. */
const [PICTURES, EVERY] = [4, 10];

/** Trains a network on an engine, and tells how it goes. */
export function trainHere(
  { steps, seed, data: named, ...family }: Settings,
  engine: Engine,
  tell: (told: TrainTold) => void,
): Promise<Result<void>> {
  return attempt(async () => {
    const data = orThrow(named === "shapes" ? shapes(COUNTS) : await servedCifar10());
    const { classes, height, width, channels } = data;
    const net = residualAttention({ ...family, ...WIDTHS, classes: classes.length });
    const planned = orThrow(plan(net, [height, width, channels]));
    const shown = shownOf(data.test, classes);
    tell({ kind: "start", parameters: params(planned).total, shown });
    const pictures = shown.map(({ picture }) => picture);
    const epochs = Math.ceil(steps / Math.floor(data.train.count / BATCH));
    const recipe = { epochs, steps, batch: BATCH, validation: 0, labelSmoothing: 0, seed };
    const { test } = orThrow(
      await fit({ net, data, engine, recipe }, {
        onStep: ({ record }) => record && tell({ kind: "step", record }),
        onWarning: (text) => tell({ kind: "warning", text }),
        checkpoints: {
          every: EVERY,
          take: async (checkpoint) => {
            const run = { folder: "the training in the page" };
            const seen = orThrow(
              await lookAt({ plan: planned, checkpoint, run }, pictures, engine),
            );
            const looks = seen.map(({ guess, probability, attentions }) => ({
              guess,
              probability,
              masks: attentions.map(({ path, mask }) => ({ path, map: mask })),
            }));
            tell({ kind: "looks", step: checkpoint.position.step, looks });
          },
        },
      }),
    );
    tell({ kind: "end", accuracy: test?.top1 ?? NaN });
  });
}

/** Pictures of CIFAR-10 that the board's server has. */
function servedCifar10(): Promise<Result<TestedDataset>> {
  return attempt(async () => {
    const address = "api/cifar10";
    const { classes, problems } = orThrow(
      await answerAt<Cifar10There>(address, (answer) => answer.json()),
    );
    if (problems.length > 0) throw new ProblemError(problems);
    const images = async (split: Split) =>
      imagesIn(orThrow(await answerAt(`${address}/${split}`, (answer) => answer.bytes())));
    const [train, test] = [await images("train"), await images("test")];
    return orThrow(datasetOf({ name: "cifar10", classes, train, test }));
  });
}

/** The first test images, which are of different classes. */
function shownOf(
  { shape, pixels, labels }: Images,
  classes: readonly string[],
): readonly Shown[] {
  const [height, width] = shape;
  const bytes = imageBytes(shape);
  return Array.from({ length: PICTURES }, (_, i) => ({
    picture: { height, width, pixels: pixels.slice(i * bytes, (i + 1) * bytes) },
    label: classes[labels[i] ?? NaN] ?? "",
  }));
}
