/** The command line of `deno task diagram`. */
import { command } from "../cli/command.ts";
import { inputOption, NETWORK, networkName } from "../cli/network_options.ts";
import { languageOption } from "../cli/options.ts";
import { levels, oneOf, text, whole } from "../cli/reader.ts";
import { option, word } from "../cli/term.ts";

export const diagramCommand = command({
  name: "diagram",
  brief: "Draws a network: boxes, branches and the shapes between them.",
  examples: ["deno task diagram cifar/attention-56 --out attention.svg"],
  missing: "The network is missing.",
  terms: {
    net: word(networkName(), { description: NETWORK }),
    format: option(oneOf(["mermaid", "dot", "svg"], "FORMAT"), {
      description: "The language of the diagram: mermaid, dot or svg.",
      otherwise: "what the ending of FILE says, else mermaid",
    }),
    depth: option(levels(), {
      description:
        "The levels of names that are drawn, or all; what is deeper is folded into a box.",
      otherwise: "3",
    }),
    input: inputOption,
    language: languageOption,
    classes: option(whole(1), {
      description: "The number of classes, of a network of the zoo.",
      otherwise: "10",
    }),
    out: option(text("FILE", "a file's name"), {
      description: "The file that is written, in the place of an older one.",
      otherwise: "the standard output",
    }),
  },
});
