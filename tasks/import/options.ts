/** The command line of `deno task import`. */
import { argument, message, object, text as plain } from "@optique/core";
import { DATASET_FORMS } from "../data/load.ts";
import { dataset } from "../cli/dataset_option.ts";
import { optional, parseArguments, valueOf } from "../cli/command_line.ts";
import { classesOption, inputOption } from "../cli/options.ts";
import { number, type Reader, text } from "../cli/reader.ts";

/** A number for each channel, with commas between them. */
function perChannel(one: Reader<number>): Reader<readonly number[]> {
  return {
    metavar: "X,X,X",
    wanted: `${one.wanted} for each channel, with commas between them`,
    read: (given) => {
      const values = given.split(",").flatMap((text) => one.read(text) ?? []);
      return values.length === given.split(",").length ? values : undefined;
    },
    show: (values) => values.join(","),
    example: [one.example],
  };
}

/** What stands on the command line. */
export function importParser() {
  return object({
    net: argument(valueOf(text("NET", "a network")), {
      description: message`The network whose weights these are, as other tasks take it.`,
    }),
    file: argument(valueOf(text("FILE", "a file with a state dict")), {
      description:
        message`A state dict: safetensors, or what torch.save wrote, which python3 with torch reads.`,
    }),
    out: optional("--out", text("DIR", "a folder"), {
      description: message`The run folder to make, below runs.`,
      otherwise: "the next free one under runs",
    }),
    data: optional("--data", dataset(), {
      description: [plain(`The data set to evaluate on: ${DATASET_FORMS.join(", ")}.`)],
    }),
    names: optional("--names", text("FILE", "a file's name"), {
      description: message`A text file with the names of the classes, one a line.`,
      otherwise: "class 0, class 1 and so on",
    }),
    mean: optional("--mean", perChannel(number({ from: 0 })), {
      description: message`What was subtracted from each channel of images in [0, 1].`,
      otherwise: "torchvision's 0.485,0.456,0.406",
    }),
    std: optional("--std", perChannel(number({ above: 0 })), {
      description: message`What each channel was then divided by.`,
      otherwise: "torchvision's 0.229,0.224,0.225",
    }),
    input: inputOption(),
    classes: classesOption(),
  }, {
    errors: { endOfInput: message`A network and a file with its state dict are needed.` },
  });
}

/** Reads the arguments, or ends the program with what is wrong with them. */
export function parseImportArguments(args: readonly string[]) {
  return parseArguments(importParser(), {
    name: "import",
    brief: message`Makes a run of weights that PyTorch trained elsewhere.`,
    footer:
      message`Tensors go by torchvision's names of ResNets and ResNeXts, by the network's own names, or, of VGG and nn.Sequential, by their order. Every tensor must find its place, and every place its tensor.`,
    examples: message`deno task import imagenet/resnet-50 resnet50.pth`,
  }, args);
}
