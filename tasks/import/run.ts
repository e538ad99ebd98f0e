/**
 * Weights that were trained elsewhere as a run folder, which every task that uses a run takes. It
 * has no metrics and cannot be resumed: what its optimiser kept, and its data, are not known.
 */
import { holding } from "../files/run_lock.ts";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { plan } from "../../layers/bound/plan.ts";
import { channelsOf, type Shape, showShape } from "../../dsl/net/shape.ts";
import type { Normalization } from "../data/normalize.ts";
import { normalizationFromJson } from "../data/normalization_json.ts";
import type { Result, Words } from "../fp.ts";
import { allAsync, allOf, attempt, E, orThrow, pipe, refused, right } from "../fp.ts";
import { readText } from "../files/atomic.ts";
import { beginRun, type RunFolder, type RunPlace } from "../files/run_folder.ts";
import { saveCheckpoint } from "../training/checkpoint.ts";
import { configToJson } from "../training/config.ts";
import { PRESETS } from "../training/presets.ts";
import { versions } from "../training/versions.ts";
import { partThatFits, partUnder } from "./parts.ts";
import { readStateDict, type StateDict } from "./state_dict.ts";
import { isRemark } from "./own_module.ts";
import { areNamed, areWeightsOf, weightsFrom } from "./weights.ts";

/** Whose weights are taken from where, and what belongs to them. */
export interface ImportRequest extends Using {
  readonly name: string;
  readonly net: Net;
  readonly input: Shape;
  readonly file: string;
  readonly out: RunPlace;
  /** The data set that the network is measured on; none when left out. */
  readonly data?: string | undefined;
  /** A file with the names of the classes, one a line; `class 0` and so on when left out. */
  readonly names?: string | undefined;
  /** The mean of each channel in training, in [0, 1]; torchvision's for ImageNet when left out. */
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
  /** The name under which the state dict stands in a checkpoint; the one that fits when left out. */
  readonly key?: string | undefined;
  /** The Python interpreter for files of PyTorch; `python3` when left out. */
  readonly python?: string | undefined;
}

/** A run of weights that were trained elsewhere. */
export interface ImportedRun extends RunFolder {
  /** The tensors of the file that are not the network's. */
  readonly leftOut: readonly string[];
}

/** How torchvision brings colours to mean 0 and deviation 1. */
export const TORCHVISION = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** What stands in a run's configuration that has no data set. */
const NO_DATA = "unknown";

/**
 * Makes a run folder of weights. Needs `--allow-read` for the file, `--allow-write` for the folder
 * and, unless the file is of safetensors, `--allow-run` for the interpreter.
 */
export function importRun(request: ImportRequest): Promise<Result<ImportedRun>> {
  return attempt(async () => {
    const { name, net, input, file, data = NO_DATA, python = "python3" } = request;
    const planned = orThrow(plan(net, input, usingOf(request)));
    const { classes, normalization, stateDict } = orThrow(
      await allAsync({
        classes: () => classesOf(request, planned.output),
        normalization: () => Promise.resolve(normalizationOf(request)),
        stateDict: () => readStateDict(file, python),
      })(),
    );
    const { tensors, leftOut } = orThrow(importedWeights(stateDict, planned, request));
    const recipe = PRESETS.quick;
    const engine = { engine: "auto", backend: "auto", versions: versions() };
    const config = { name, net, input, data, recipe, ...engine };
    const begun = orThrow(await beginRun(request.out, configToJson(config)));
    return await holding(begun, async ({ run }) => {
      const position = { epoch: 0, batch: 0, step: 0, lossSum: 0, accuracySum: 0 };
      const checkpoint = { net, input, classes, normalization, seed: 0, position, tensors };
      for (const path of [run.best, run.last]) orThrow(await saveCheckpoint(path, checkpoint));
      return { ...run, leftOut };
    });
  });
}

/** The weights in a file for a network, and the names of the tensors that stand beside them. */
function importedWeights(
  { tensors: all, leftOut: others, isOrdered }: StateDict,
  planned: Plan,
  { file, key }: ImportRequest,
): Result<Pick<ImportedRun, "leftOut"> & { readonly tensors: Tensors }> {
  return pipe(
    key === undefined ? right({ prefix: "", tensors: all }) : partUnder(all, key),
    E.flatMap((whole) => {
      const fits = (part: Tensors): boolean => areWeightsOf(planned, part, { isOrdered });
      // A name around every name leaves the order as it is, but hides the network's own names.
      return partThatFits(whole, file, [(part) => fits(part) && areNamed(part, planned), fits]);
    }),
    E.flatMap(({ prefix, tensors }) => {
      const [given, chosen] = [key ?? "", prefix].map((name) => name === "" ? "" : `${name}.`);
      const beside = others.filter((name) => name.startsWith(chosen ?? ""));
      return pipe(
        weightsFrom(tensors, planned, file, { isOrdered, beside }),
        E.map((weights) => {
          // With a key the rest of the file is what the user does not want.
          const leftOut = [...all.keys(), ...others].filter((name) => !isRemark(name))
            .filter((name) => name.startsWith(given ?? ""))
            .filter((name) => !name.startsWith(chosen ?? "") || !all.has(name));
          return { tensors: weights, leftOut };
        }),
      );
    }),
  );
}

async function classesOf(
  { name, names }: ImportRequest,
  output: Shape,
): Promise<Result<readonly string[]>> {
  const [count = 0] = output;
  if (output.length !== 1) {
    const rule = "the network must give one logit for each class";
    return wrong(name, { rule, got: showShape(output), wanted: "logits", hint: "" });
  }
  if (names === undefined) return right(Array.from({ length: count }, (_, i) => `class ${i}`));
  return E.flatMap((text: string): Result<readonly string[]> => {
    const found = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    return found.length === count ? right(found) : wrong(names, {
      rule: "every class needs a name",
      got: `${found.length} names`,
      wanted: `${count}`,
      hint: "one name a line, in the order of the logits",
    });
  })(await readText(names));
}

function normalizationOf({ input, ...given }: ImportRequest): Result<Normalization> {
  const { mean = TORCHVISION.mean, std = TORCHVISION.std } = given;
  const channels = channelsOf(input);
  const counted = Object.entries({ mean, std }).map(([path, { length }]) =>
    length === channels ? right(length) : wrong(`--${path}`, {
      rule: "every channel needs a mean and a deviation",
      got: `${length} numbers`,
      wanted: `${channels}`,
      hint: `say what images were normalised with in training: --${path} X,X`,
    })
  );
  return pipe(
    allOf(counted),
    E.flatMap(() => normalizationFromJson({ kind: "per-channel", mean, std })),
  );
}

function wrong(path: string, words: Words): Result<never> {
  return refused({ path, layer: "import", code: "cannot-import" }, words);
}
