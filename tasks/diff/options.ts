/** The command line of `deno task diff`. */
import { command } from "../cli/command.ts";
import { FILES, networkName } from "../cli/network_options.ts";
import { formatOption, languageOption } from "../cli/options.ts";
import { shape, whole } from "../cli/reader.ts";
import { option, word } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";

export const diffCommand = command({
  name: "diff",
  brief: "Says what differs between two networks: layers, shapes, parameters, MACs.",
  footer:
    `A network is one of the zoo, a JSON file that holds one, or a module that exports one; ${FILES}. The exit code is 0 when the networks are equal, 1 when they differ, 2 or more when something went wrong.`,
  examples: [`${PROGRAM} diff cifar/attention-56 cifar/attention-92`],
  missing: "Two networks are needed.",
  terms: {
    before: word(networkName("A"), { description: "The first network." }),
    after: word(networkName("B"), { description: "The second network." }),
    format: formatOption,
    language: languageOption,
    input: option(shape(), {
      description: "The shape of both inputs, such as 32x32x3; a JSON file needs it.",
      otherwise: "each network's own",
    }),
    classes: option(whole(1), {
      description: "The number of classes, of networks of the zoo.",
      otherwise: "each network's own",
    }),
  },
});
