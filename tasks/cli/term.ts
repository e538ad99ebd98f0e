/**
 * Options and arguments as values: each stands once, and its type, the plain
 * way of reading it, the parser that explains itself, help and completion all
 * follow from it. Nothing here loads the parser library.
 */
import type { Reader } from "./reader.ts";

export interface Described {
  readonly description?: string;
  /** What its absence means. */
  readonly otherwise?: string;
  /** The part of help that it stands in. */
  readonly section?: string;
  /** The name of an option that is not called as its field is: `lr`. */
  readonly name?: string;
}

/** An option that must be given or need not, an argument likewise, or all other arguments. */
type Kind = "option" | "option?" | "word" | "word?" | "words";

export interface Valued<A, K extends Kind = Kind> extends Described {
  readonly kind: K;
  readonly reader: Reader<A>;
  /** What is said when there is not even one word; without it none is needed. */
  readonly tooFew?: string;
}

/** An option without a value: `--png`, and with a way to say no, `--no-png`. */
export interface Flag<K extends "flag" | "switch" = "flag" | "switch"> extends Described {
  readonly kind: K;
}

export type Term = Valued<unknown> | Flag;

/** Options and arguments by the names of their fields, in the order of help. */
export type Terms = Readonly<Record<string, Term>>;

type ValueOf<T> = T extends { readonly kind: "words"; readonly reader: Reader<infer A> }
  ? readonly A[]
  : T extends { readonly reader: Reader<infer A> } ? A
  : boolean;

type Needed = { readonly kind: "option" | "word" | "words" };

/** The values of options and arguments; what is not given is left out. */
export type Values<T extends Terms> =
  & { readonly [K in keyof T as T[K] extends Needed ? K : never]: ValueOf<T[K]> }
  & { readonly [K in keyof T as T[K] extends Needed ? never : K]?: ValueOf<T[K]> };

type Maker<K extends Kind> = <A>(
  reader: Reader<A>,
  described?: Described & Pick<Valued<A>, "tooFew">,
) => Valued<A, K>;

function valued<K extends Kind>(kind: K): Maker<K> {
  return (reader, described = {}) => ({ kind, reader, ...described });
}

/** An option that need not be given. */
export const option: Maker<"option?"> = valued("option?");
/** An option that must be given. */
export const needed: Maker<"option"> = valued("option");
/** An argument that must be given. */
export const word: Maker<"word"> = valued("word");
/** An argument that need not be given. */
export const maybeWord: Maker<"word?"> = valued("word?");
/** All other arguments; at least one when there is something to say of none. */
export const words: Maker<"words"> = valued("words");

/** An option that is there or not. */
export function flag(described: Described): Flag<"flag"> {
  return { kind: "flag", ...described };
}

/** An option that says yes or no: `--png`, `--no-png`. */
export function yesOrNo(described: Described): Flag<"switch"> {
  return { kind: "switch", ...described };
}

/** Terms that stand together in help, under a title. */
export function section<T extends Terms>(
  title: string,
  terms: T,
): { readonly [K in keyof T]: T[K] & { readonly section: string } } {
  const entries = Object.entries(terms).map(([name, term]) => [name, { ...term, section: title }]);
  return Object.fromEntries(entries);
}

/** Whether a term is an argument, not an option. */
export function isWord({ kind }: Term): boolean {
  return kind === "word" || kind === "word?" || kind === "words";
}

/** What an option is called: `--save-every` of the field `saveEvery`. */
export function optionName(field: string, { name }: Described = {}): `--${string}` {
  return `--${name ?? field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
