/**
 * Command lines by the parser library: help, version, mistakes. The library's
 * messages are kept, its way of printing them is not: a mistake is one line on
 * the standard error stream and one that says where help is.
 */
import {
  argument,
  extractOptionNames,
  formatMessage,
  isNonEmptyString,
  type Message,
  option,
  optional as maybe,
  type Parser,
  runParser,
  type ValueParser,
} from "@optique/core";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { VERSION } from "../training/versions.ts";
import { EXIT, Exit } from "./exit.ts";
import { type Reader, refusal } from "./reader.ts";

/** What help says of a task. */
export interface TaskHelp {
  /** The task's name, as in `deno task NAME`. */
  readonly name: string;
  /** What it does, in a line. */
  readonly brief: Message;
  /** What else there is to say. */
  readonly footer?: Message;
  /** Examples of its use. */
  readonly examples?: Message;
}

/**
 * The values of a command line.
 *
 * @throws {Exit} After help or the version has been shown, or a mistake has been named.
 */
export function parseArguments<T>(
  parser: Parser<"sync", T, unknown>,
  { name, ...texts }: TaskHelp,
  args: readonly string[] = Deno.args,
): T {
  const output = standardOutput();
  const leave = (code: number): never => {
    throw new Exit(code);
  };
  return runParser(parser, `deno task ${name}`, separated(args, parser), {
    ...texts,
    help: { option: true, onShow: leave },
    version: { value: VERSION, option: true, onShow: leave },
    stdout: (text) => output.write(`${text}\n`),
    stderr: () => {},
    onError: (_, error) => leave(usageError(name, formatMessage(error, { quotes: true }))),
    aboveError: "none",
    colors: output.color,
    maxWidth: Math.max(60, Math.min(100, output.columns())),
    termWidth: "auto",
  });
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

/** Says what is wrong with a command line, and gives the exit code. */
export function usageError(name: string, text: string): number {
  const said = text.trim().replaceAll(/\s*\n\s*/g, " ");
  standardError().write(
    `error: ${said}\nhint: "deno task ${name} --help" shows what can be given\n`,
  );
  return EXIT.usage;
}

/** A reader as a parser of values. */
export function valueOf<A>(reader: Reader<A>): ValueParser<"sync", A> {
  const { metavar, words = [] } = reader;
  return {
    mode: "sync",
    metavar: isNonEmptyString(metavar) ? metavar : "VALUE",
    placeholder: reader.example,
    parse: (text) => {
      const value = reader.read(text);
      return value === undefined
        ? { success: false, error: [{ type: "text", text: refusal(reader, text) }] }
        : { success: true, value };
    },
    format: reader.show,
    *suggest(prefix) {
      for (const text of words) if (text.startsWith(prefix)) yield { kind: "literal", text };
    },
  };
}

/** What help says of an option or an argument. */
export interface Described {
  /** What it means, as a sentence. */
  readonly description: Message;
  /** What its absence means. */
  readonly otherwise?: string;
}

/** An option with a value that need not be given. */
export function optional<A>(
  name: `--${string}`,
  reader: Reader<A>,
  described: Described,
): Parser<"sync", A | undefined, unknown> {
  return maybe(option(name, valueOf(reader), { description: sentence(described) }));
}

/** An argument that need not be given. */
export function optionalArgument<A>(
  reader: Reader<A>,
  described: Described,
): Parser<"sync", A | undefined, unknown> {
  return maybe(argument(valueOf(reader), { description: sentence(described) }));
}

/** The description of something whose absence means something. */
export function sentence({ description, otherwise }: Described): Message {
  return otherwise === undefined
    ? description
    : [...description, { type: "text", text: ` Default: ${otherwise}.` }];
}
