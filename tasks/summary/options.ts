/** The command line of `deno task summary`. */
import { CONVENTION_NAMES } from "../../dsl/interpreters/counts/convention.ts";
import { SUMMARY_COLUMNS, type SummaryColumn } from "../../dsl/interpreters/summary/columns.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { command, type Given } from "../cli/command.ts";
import { inputOption, NETWORK, networkName } from "../cli/network_options.ts";
import { languageOption } from "../cli/options.ts";
import { levels, oneOf, type Reader, whole } from "../cli/reader.ts";
import { maybeWord, option } from "../cli/term.ts";
import { namesLike } from "../networks/pattern.ts";
import { PROGRAM } from "../program_name.ts";

export const summaryCommand = command({
  name: "summary",
  brief: "Prints a network: layers, shapes, parameters, MACs and FLOPs.",
  examples: [
    `${PROGRAM} summary cifar/attention-56 --depth 3 --batch 64`,
    `${PROGRAM} summary 'imagenet/vgg*'`,
  ],
  terms: {
    net: maybeWord(networkName(), {
      description:
        `${NETWORK} How several of the zoo begin, or a pattern of them, "*-bn", lists these.`,
      otherwise: "all networks of the zoo, a line each",
    }),
    input: inputOption,
    language: languageOption,
    classes: option(whole(1), {
      description: "The number of classes, of a network of the zoo.",
      otherwise: "10",
    }),
    format: option(oneOf(["text", "markdown", "csv", "json"], "FORMAT"), {
      description:
        "For people, text or markdown; for programs, csv, or json, which tells everything.",
      otherwise: "text",
    }),
    depth: option(levels(), {
      description: "The levels of names that are shown, or all; json always has all.",
      otherwise: "2, and all in csv",
    }),
    columns: option(columnList(), {
      description: `The columns, with commas between them: ${SUMMARY_COLUMNS.join(", ")}.`,
      otherwise: "those that fit, and all in markdown and csv",
    }),
    convention: option(oneOf(CONVENTION_NAMES, "NAME"), {
      description: "Whose way of counting operations: netfold, paper, fvcore or torchinfo.",
      otherwise: "netfold, which gives MACs and FLOPs",
    }),
    batch: option(whole(1), {
      description: "The images in a step of training, whose cost and memory are then told.",
      otherwise: "nothing of training",
    }),
    width: option(whole(20), {
      description: "The widest that a line of text may be.",
      otherwise: "the terminal's width, and 80 elsewhere",
    }),
  },
  check: ({ net, language, depth, columns, convention, batch, width }) => {
    const isList = net === undefined || namesLike(net).length > 0;
    const ofOne = defined({ language, depth, columns, convention, batch, width });
    const [option] = Object.keys(ofOne);
    return isList && option !== undefined
      ? `--${option} belongs to one network, and ${net ? "several are" : "none is"} named`
      : undefined;
  },
});

export type SummaryArguments = Given<typeof summaryCommand>;

/** Names of columns, with commas between them. */
function columnList(): Reader<readonly SummaryColumn[]> {
  const column = oneOf(SUMMARY_COLUMNS, "NAME");
  return {
    metavar: "NAMES",
    wanted: `names such as output,params,macs, each one of ${column.wanted}`,
    read: (text) => {
      const columns = text.split(",").map((name) => column.read(name.trim()));
      const known = columns.filter((name) => name !== undefined);
      return known.length === columns.length && new Set(known).size === known.length
        ? known
        : undefined;
    },
    words: SUMMARY_COLUMNS,
    isList: true,
  };
}
