/**
 * Command lines by the parser library: help, version, mistakes. The library's
 * messages are kept, its way of printing them is not: a mistake is one line on
 * the standard error stream and one that says where help is.
 */
import {
  argument,
  extractOptionNames,
  flag,
  formatMessage,
  isNonEmptyString,
  merge,
  type Message,
  multiple,
  negatableFlag,
  object,
  option,
  optional,
  type Parser,
  runParser,
  text as plain,
  type ValueParser,
} from "@optique/core";
import { standardOutput } from "../terminal/terminal.ts";
import { PROGRAM } from "../program_name.ts";
import { VERSION } from "../training/versions.ts";
import type { Command } from "./command.ts";
import { Exit } from "./exit.ts";
import { type Reader, refusal } from "./reader.ts";
import { usageError } from "./task.ts";
import { type Described, optionName, type Term } from "./term.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The values of a command line.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseArguments(command: Command, args: readonly string[]): Fields {
  const { name, brief, footer, examples = [] } = command;
  const output = standardOutput();
  const { draw = output.write } = output;
  const parser = parserOf(command);
  const leave = (code: number): never => {
    throw new Exit(code);
  };
  const given = runParser(parser, `${PROGRAM} ${name}`, separated(args, parser), {
    brief: words(brief),
    ...(footer === undefined ? {} : { footer: words(footer) }),
    ...(examples.length === 0 ? {} : { examples: lines(examples) }),
    help: { option: { names: ["--help", "-h"] }, onShow: leave },
    version: { value: VERSION, option: { names: ["--version", "-V"] }, onShow: leave },
    stdout: (text) => draw(`${text}\n`),
    stderr: () => {},
    onError: (_, error) => leave(usageError(name, formatMessage(error, { quotes: true }))),
    aboveError: "none",
    colors: output.color,
    maxWidth: Math.max(60, Math.min(100, output.columns())),
    termWidth: "auto",
  });
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function parserOf({ terms, missing }: Pick<Command, "terms" | "missing">): Parser<
  "sync",
  Fields,
  unknown
> {
  const errors = missing === undefined ? {} : { errors: { endOfInput: words(missing) } };
  const sections = Map.groupBy(Object.entries(terms), ([, term]) => term.section);
  const parts = [...sections].map(([title, entries]) => {
    const fields = Object.fromEntries(
      entries.map(([name, term]) => [name, termParser(name, term)]),
    );
    return title === undefined ? object(fields, errors) : object(title, fields);
  });
  const [first, ...others] = parts;
  return others.reduce<Parser<"sync", Fields, unknown>>(
    (all, part) => merge(all, part),
    first ?? object({}),
  );
}

function termParser(field: string, term: Term): Parser<"sync", unknown, unknown> {
  const name = optionName(field, term);
  const described = { description: sentence(term) };
  switch (term.kind) {
    case "option": {
      const missing = words(`${name} is missing: ${term.reader.wanted}.`);
      return option(name, valueOf(term.reader), { ...described, errors: { missing } });
    }
    case "option?":
      return optional(option(name, valueOf(term.reader), described));
    case "word":
      return argument(valueOf(term.reader), described);
    case "word?":
      return optional(argument(valueOf(term.reader), described));
    case "words": {
      const { tooFew } = term;
      const atLeast = tooFew === undefined ? {} : { min: 1, errors: { tooFew: words(tooFew) } };
      return multiple(argument(valueOf(term.reader), described), atLeast);
    }
    case "flag":
      return optional(flag(name, described));
    case "switch": {
      const names = { positive: name, negative: optionName(`no-${name.slice(2)}`) };
      return optional(negatableFlag(names, described));
    }
    default:
      return term satisfies never;
  }
}

/** Takes `--name=value` apart where the name is unknown, so that the library sees what was meant. */
function separated(
  args: readonly string[],
  { usage }: Pick<Parser<"sync", unknown, unknown>, "usage">,
): readonly string[] {
  const known = extractOptionNames(usage);
  return args.flatMap((arg) => {
    const [, name, value = ""] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
    return name === undefined || known.has(name) ? [arg] : [name, value];
  });
}

function valueOf(reader: Reader<unknown>): ValueParser<"sync", unknown> {
  const { metavar } = reader;
  return {
    mode: "sync",
    metavar: isNonEmptyString(metavar) ? metavar : "VALUE",
    placeholder: undefined,
    parse: (text) => {
      const value = reader.read(text);
      return value === undefined
        ? { success: false, error: [{ type: "text", text: refusal(reader, text) }] }
        : { success: true, value };
    },
    format: String,
  };
}

/** The description of a term, and what its absence means. */
function sentence({ description = "", otherwise }: Described): Message {
  return [
    ...words(description),
    ...(otherwise === undefined ? [] : words(` Default: ${otherwise}.`)),
  ];
}

function words(text: string): Message {
  return [plain(text)];
}

function lines(texts: readonly string[]): Message {
  return texts.flatMap((text, i) => i === 0 ? [plain(text)] : [{ type: "lineBreak" }, plain(text)]);
}
