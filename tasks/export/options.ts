/** The command line of `deno task export`. */
import { argument, flag, message, object, option, optional as maybe } from "@optique/core";
import { optional, parseArguments, usageError, valueOf } from "../cli/command_line.ts";
import { Exit } from "../cli/exit.ts";
import { classesOption, inputOption, weightsOption } from "../cli/options.ts";
import { oneOf, type Reader, text, whole } from "../cli/reader.ts";

/** A number of images, or any. */
function batch(): Reader<number | "dynamic"> {
  const some = whole(1);
  return {
    metavar: "N",
    wanted: `dynamic, or ${some.wanted}`,
    read: (given) => given === "dynamic" ? given : some.read(given),
    show: String,
    example: "dynamic",
    words: ["dynamic"],
  };
}

/** What stands on the command line. */
export function exportParser() {
  return object({
    source: argument(valueOf(text("NET|RUN", "a network or the folder of a run")), {
      description: message`A network, as other tasks take it, or the folder of a run.`,
    }),
    format: option("--format", valueOf(oneOf(["onnx", "torch"], "NAME")), {
      description:
        message`What to write: onnx, a file for ONNX Runtime and its like, or torch, a project for PyTorch.`,
    }),
    out: optional("--out", text("PATH", "a file's or folder's name"), {
      description:
        message`The file that is written, in the place of an older one; of torch the folder.`,
      otherwise: "the network's name or the run's, in this folder",
    }),
    batch: optional("--batch", batch(), {
      description: message`Images that a run of the file is fed: always N, or dynamic.`,
      otherwise: "dynamic; of a training step the recipe's batch",
    }),
    layout: optional("--layout", oneOf(["nchw", "nhwc"], "ORDER"), {
      description: message`The order of an image's axes: nchw or nhwc.`,
      otherwise: "nchw",
    }),
    training: maybe(flag("--training", {
      description:
        message`Write one training step instead, and beside it the state to begin with, FILE.safetensors.`,
    })),
    weights: weightsOption(),
    seed: optional("--seed", whole(0), {
      description: message`The seed of the initial weights of a network without a run.`,
      otherwise: "0",
    }),
    input: inputOption(),
    classes: classesOption(),
  }, {
    errors: { endOfInput: message`A network or the folder of a run, and --format, are needed.` },
  });
}

/** What can stand on the command line of the task. */
export type ExportArguments = ReturnType<typeof parseExportArguments>;

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parseExportArguments(args: readonly string[]) {
  const given = parseArguments(exportParser(), {
    name: "export",
    brief: message`Writes a network for other programs.`,
    examples: message`deno task export runs/cifar-attention-20-1 --format onnx`,
  }, args);
  if (given.training && given.batch === "dynamic") {
    const mistake = "--training needs a batch of a fixed size, and --batch is dynamic";
    throw new Exit(usageError("export", mistake));
  }
  const foreign = Object.keys(given).filter((name) => ONNX_ONLY.has(name))
    .filter((name) => given[name as keyof typeof given] !== undefined);
  if (given.format === "torch" && foreign.length > 0) {
    const mistake = `--${foreign[0]} belongs to --format onnx, and the format is torch`;
    throw new Exit(usageError("export", mistake));
  }
  return given;
}

/** Options that a project for PyTorch does not have. */
const ONNX_ONLY: ReadonlySet<string> = new Set(["batch", "layout", "training", "weights", "seed"]);
