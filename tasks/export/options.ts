/** The command line of `deno task export`. */
import { command } from "../cli/command.ts";
import { classesOption, FILES, inputOption, networkName } from "../cli/network_options.ts";
import { languageOption, weightsOption } from "../cli/options.ts";
import { oneOf, type Reader, text, whole } from "../cli/reader.ts";
import { flag, needed, option, word } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";
import { endingMistake } from "../cli/ending.ts";
import { dirname } from "@std/path";
import { runsHere } from "../cli/runs_here.ts";

/** A number of images, or any. */
function batch(): Reader<number | "dynamic"> {
  const some = whole(1);
  return {
    metavar: "N",
    wanted: `dynamic, or ${some.wanted}`,
    read: (given) => given === "dynamic" ? given : some.read(given),
    words: ["dynamic"],
  };
}

/** The formats that have an option. */
const BELONGS = [
  ["batch", ["onnx", "tfjs"]],
  ["layout", ["onnx"]],
  ["training", ["onnx"]],
  ["half", ["tfjs"]],
  ["weights", ["onnx", "tfjs"]],
  ["seed", ["onnx", "tfjs"]],
] as const;

export const exportCommand = command({
  name: "export",
  brief: "Writes a network for other programs.",
  examples: [
    `${PROGRAM} export runs/cifar-attention-8-1 --format onnx`,
    `${PROGRAM} export cifar/attention-8 --weights best --format onnx`,
    `${PROGRAM} export cifar/attention-8 --weights best --format tfjs --half`,
  ],
  missing: "A network or the folder of a run, and --format, are needed.",
  terms: {
    source: word({
      ...networkName("NET|RUN", "a network or the folder of a run"),
      places: runsHere,
    }, {
      description: `A network, as other tasks take it, or the folder of a run; ${FILES}.`,
    }),
    format: needed(oneOf(["onnx", "tfjs", "torch"], "NAME"), {
      description:
        "What to write: onnx, a file for ONNX Runtime and its like, tfjs, a folder that plain TensorFlow.js loads, or torch, a project for PyTorch.",
    }),
    out: option(text("PATH", "a file's or folder's name"), {
      description:
        "The file that is written, in the place of an older one; of tfjs and torch the folder.",
      otherwise: "the network's name or the run's, in this folder",
    }),
    batch: option(batch(), {
      description: "Images that a run of the file is fed: always N, or dynamic.",
      otherwise: "dynamic; of a training step the recipe's batch",
    }),
    layout: option(oneOf(["nchw", "nhwc"], "ORDER"), {
      description: "The order of an image's axes: nchw or nhwc.",
      otherwise: "nchw",
    }),
    training: flag({
      description:
        "Write one training step instead, and beside it the state to begin with, FILE.safetensors.",
    }),
    half: flag({
      description: "Store a graph model's kernels as float16, in half the room.",
    }),
    weights: weightsOption,
    language: languageOption,
    seed: option(whole(0), {
      description: "The seed of the initial weights of a network without a run.",
      otherwise: "0",
    }),
    input: inputOption,
    classes: classesOption,
  },
  writes: ({ format, out = "." }) => format === "onnx" ? dirname(out) : out,
  check(given) {
    if (given.training && given.batch === "dynamic") {
      return "--training needs a batch of a fixed size, and --batch is dynamic";
    }
    const foreign = BELONGS.find(([name, formats]) =>
      given[name] !== undefined && !formats.some((format) => format === given.format)
    );
    if (foreign !== undefined) {
      const [name, formats] = foreign;
      return `--${name} belongs to --format ${
        formats.join(" or ")
      }, and the format is ${given.format}`;
    }
    return given.format === "onnx" ? endingMistake(given.out, "an ONNX file", ["onnx"]) : undefined;
  },
});
