/** The command line of `deno task diagram`. */
import { command } from "../cli/command.ts";
import { inputOption, NETWORK, networkName } from "../cli/network_options.ts";
import { languageOption } from "../cli/options.ts";
import { levels, oneOf, text, whole } from "../cli/reader.ts";
import { option, word } from "../cli/term.ts";
import { PROGRAM } from "../program_name.ts";
import { endingMistake, endingOf } from "../cli/ending.ts";
import type { DiagramFormat } from "../../dsl/interpreters/diagram/diagram.ts";
import { dirname } from "@std/path";

/** What the endings of files say. */
const FORMATS: Readonly<Record<DiagramFormat, readonly string[]>> = {
  svg: ["svg"],
  mermaid: ["mmd", "mermaid"],
  dot: ["dot", "gv"],
};

const ENDINGS = Object.values(FORMATS).flat();

/** The format that is asked for, or that a file's ending says. */
export function formatOf(
  { format, out }: { readonly format?: DiagramFormat; readonly out?: string },
): DiagramFormat {
  if (format !== undefined || out === undefined) return format ?? "mermaid";
  const ending = endingOf(out) ?? "";
  return FORMATS.svg.includes(ending) ? "svg" : FORMATS.dot.includes(ending) ? "dot" : "mermaid";
}

export const diagramCommand = command({
  name: "diagram",
  brief: "Draws a network: boxes, branches and the shapes between them.",
  examples: [`${PROGRAM} diagram cifar/attention-56 --out attention.svg`],
  writes: ({ out }) => out && dirname(out),
  check: ({ format, out }) =>
    format === undefined
      ? endingMistake(out, "a diagram", ENDINGS)
      : endingMistake(out, `a diagram in ${format}`, FORMATS[format]),
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
