/** The command line of `deno task import`. */
import { DATASET_FORMS } from "../data/load.ts";
import { command } from "../cli/command.ts";
import { dataset } from "../cli/dataset_option.ts";
import { classesOption, FILES, inputOption, networkName } from "../cli/network_options.ts";
import { languageOption } from "../cli/options.ts";
import { number, type Reader, text } from "../cli/reader.ts";
import { option, word } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";

/** A number for each channel, with commas between them. */
function perChannel(one: Reader<number>): Reader<readonly number[]> {
  return {
    metavar: "X,X,X",
    wanted: `${one.wanted} for each channel, with commas between them`,
    read: (given) => {
      const values = given.split(",").flatMap((text) => one.read(text) ?? []);
      return values.length === given.split(",").length ? values : undefined;
    },
  };
}

export const importCommand = command({
  name: "import",
  brief: "Makes a run of weights that PyTorch trained elsewhere.",
  footer:
    "Tensors go by torchvision's names of ResNets, ResNeXts, DenseNets and ConvNeXts, by the network's own names, or, where layers follow one another, by their order. Every tensor must find its place, and every place its tensor.",
  writes: ({ out = "runs" }) => out,
  examples: [`${PROGRAM} import imagenet/resnet-50 resnet50.pth`],
  missing: "A network and a file with its state dict are needed.",
  terms: {
    net: word(networkName(), {
      description: `The network whose weights these are, as other tasks take it; ${FILES}.`,
    }),
    file: word(text("FILE", "a file with a state dict"), {
      description:
        "A state dict: safetensors, or what torch.save wrote, which python3 with torch reads.",
    }),
    out: option(text("DIR", "a folder"), {
      description: "The run folder to make, below runs.",
      otherwise: "the next free one under runs",
    }),
    key: option(text("NAME", "a name in the file"), {
      description: "The name under which a checkpoint holds the state dict, such as model_ema.",
      otherwise: "the one that fits the network",
    }),
    data: option(dataset, {
      description: `The data set to evaluate on: ${DATASET_FORMS.join(", ")}.`,
    }),
    names: option(text("FILE", "a file's name"), {
      description: "A text file with the names of the classes, one a line.",
      otherwise: "class 0, class 1 and so on",
    }),
    mean: option(perChannel(number({ from: 0 })), {
      description: "What was subtracted from each channel of images in [0, 1].",
      otherwise: "torchvision's 0.485,0.456,0.406",
    }),
    std: option(perChannel(number({ above: 0 })), {
      description: "What each channel was then divided by.",
      otherwise: "torchvision's 0.229,0.224,0.225",
    }),
    input: inputOption,
    language: languageOption,
    classes: classesOption,
  },
});
