/**
 * Readers: what the text of an option or an argument must be, as a value. A
 * reader knows how to read and how to say what it wants; it knows nothing of a parser, so a task can read its arguments without
 * loading one.
 */
import type { Shape } from "../../dsl/net/shape.ts";
import { pathFault } from "./path_fault.ts";
import { suggest } from "../../dsl/problem/suggest.ts";
import { runsHere } from "./runs_here.ts";

/** How one kind of value is written on a command line. */
export interface Reader<A> {
  /** What stands for the value in help: `N`. */
  readonly metavar: string;
  /** What is wanted, as a phrase: `a whole number of at least 1`. */
  readonly wanted: string;
  /** The value of a text, or nothing when the text is not what is wanted. */
  readonly read: (text: string) => A | undefined;
  /** The words to choose from, when they are few. */
  readonly words?: readonly string[];
  /** What a shell completes it to, where other texts may stand in its place; `words` by default. */
  readonly known?: readonly string[];
  /** What else a shell completes it to, in the folder in which someone stands. */
  readonly places?: (folder: string) => readonly string[];
  /** Whether it is a list with commas between its words. */
  readonly isList?: true;
  /** Why a text that looks right cannot be meant so, and what to write instead. */
  readonly fault?: (text: string) => string | undefined;
}

/**
 * What is wrong with a text that a reader did not read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { oneOf, refusal } from "./reader.ts";
 *
 * const backend = oneOf(["wasm", "cpu"], "NAME");
 * assertEquals(refusal(backend, "wsm"), 'did you mean "wasm"? got "wsm", wanted wasm or cpu');
 * ```
 */
export function refusal<A>({ wanted, words = [], fault }: Reader<A>, text: string): string {
  const near = suggest(text, words);
  const got = JSON.stringify(text);
  if (near !== undefined) {
    return `did you mean ${JSON.stringify(near)}? got ${got}, wanted ${wanted}`;
  }
  const why = fault?.(text);
  return `wanted ${wanted}, got ${got}${why === undefined ? "" : `; ${why}`}`;
}

export function oneOf<const W extends string>(
  words: readonly [W, ...W[]],
  metavar: string,
): Reader<W> {
  const last = words.at(-1) ?? "";
  return {
    metavar,
    wanted: words.length === 1 ? last : `${words.slice(0, -1).join(", ")} or ${last}`,
    read: (text) => words.find((word) => word === text),
    words,
  };
}

/** A name of something, often a file: any text but the empty one; a shell completes it to what is known. */
export function text(
  metavar: string,
  wanted: string,
  known: readonly string[] = [],
): Reader<string> {
  const isFit = (given: string) => given !== "" && pathFault(given) === undefined;
  return {
    metavar,
    wanted,
    read: (given) => isFit(given) ? given : undefined,
    known,
    fault: pathFault,
  };
}

/** The folder of a run, or what else may stand in its place. */
export function runFolder(
  metavar: string,
  wanted: string,
  known: readonly string[] = [],
): Reader<string> {
  return { ...text(metavar, wanted, known), places: runsHere };
}

/** Whether a number in a text is larger than whole numbers can be without rounding. */
function beyondExact(text: string): string | undefined {
  const beyond = (text.match(/\d+/g) ?? []).some((digits) =>
    Number(digits) > Number.MAX_SAFE_INTEGER
  );
  return beyond ? "whole numbers are exact below 2^53" : undefined;
}

/** A whole number of at least `least`. */
export function whole(least: number): Reader<number> {
  return {
    metavar: "N",
    wanted: `a whole number of at least ${least}`,
    read: (given) => {
      const value = /^\d+$/.test(given) ? Number(given) : NaN;
      return Number.isSafeInteger(value) && value >= least ? value : undefined;
    },
    fault: beyondExact,
  };
}

/** The numbers that are allowed, ends named by what they are. */
export interface Range {
  readonly above?: number;
  readonly from?: number;
  readonly below?: number;
}

/** Some whole numbers with commas between them: `0,5,9`. */
export function channelList(): Reader<readonly number[]> {
  return {
    metavar: "N,N",
    wanted: "whole numbers with commas between them",
    read: (given) =>
      /^\d+(,\d+)*$/.test(given) && beyondExact(given) === undefined
        ? given.split(",").map(Number)
        : undefined,
    fault: beyondExact,
  };
}

/** Some paths of a network with commas between them: `stem,stage1`. */
export function pathList(): Reader<readonly string[]> {
  return {
    metavar: "PATH,PATH",
    wanted: "paths with commas between them",
    read: (given) => {
      const paths = given.split(",");
      return paths.every((path) => path !== "") ? paths : undefined;
    },
  };
}

export function number(range: Range): Reader<number> {
  const { above = -Infinity, from = -Infinity, below = Infinity } = range;
  const ends = [
    ...(range.above === undefined ? [] : [`above ${range.above}`]),
    ...(range.from === undefined ? [] : [`of at least ${range.from}`]),
    ...(range.below === undefined ? [] : [`below ${range.below}`]),
  ];
  return {
    metavar: "X",
    wanted: `a number ${ends.join(" and ")}`,
    read: (given) => {
      const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given) ? Number(given) : NaN;
      return value > above && value >= from && value < below ? value : undefined;
    },
  };
}

/** Factors by name, `bias=2,scale=0.5`. */
export function factors<const W extends string>(
  words: readonly [W, ...W[]],
): Reader<readonly (readonly [W, number])[]> {
  const [name, factor] = [oneOf(words, "NAME"), number({ from: 0 })];
  return {
    metavar: "NAME=X,...",
    wanted: `factors of at least 0 by name, of ${words.join(", ")}`,
    read: (given) => {
      const found = given.split(",").flatMap((part): readonly (readonly [W, number])[] => {
        const [before = "", after = "", ...more] = part.split("=");
        const [word, value] = [name.read(before), factor.read(after)];
        return word === undefined || value === undefined || more.length > 0 ? [] : [[word, value]];
      });
      const isWhole = found.length === given.split(",").length;
      return isWhole && new Set(found.map(([word]) => word)).size === found.length
        ? found
        : undefined;
    },
    known: words.map((word) => `${word}=`),
    isList: true,
  };
}

/** Sizes with the shares with which they end, `20:0.3,24:0.6`. */
export function sizes(): Reader<readonly { readonly size: number; readonly until: number }[]> {
  const [pixels, share] = [whole(1), number({ above: 0, below: 1 })];
  return {
    metavar: "SIZE:X,...",
    wanted:
      "sizes in pixels, each with the rising share of the steps with which it ends, such as 24:0.5",
    read: (given) => {
      const found = given.split(",").flatMap((part) => {
        const [before = "", after = "", ...more] = part.split(":");
        const [size, until] = [pixels.read(before), share.read(after)];
        return size === undefined || until === undefined || more.length > 0
          ? []
          : [{ size, until }];
      });
      const rises = found.every(({ until }, i) => until > (found[i - 1]?.until ?? 0));
      return rises && found.length === given.split(",").length ? found : undefined;
    },
  };
}

/** What each class counts for: `balanced`, or numbers with commas between them. */
export function weights(): Reader<"balanced" | readonly number[]> {
  const weight = number({ above: 0 });
  return {
    metavar: "balanced|X,X,...",
    wanted: "balanced, or numbers above 0 with commas between them, one for each class",
    read: (given) => {
      if (given === "balanced") return given;
      const found = given.split(",").flatMap((part) => weight.read(part) ?? []);
      return found.length === given.split(",").length ? found : undefined;
    },
    words: ["balanced"],
  };
}

/** The shape of an input, `32x32x3` or `784`. */
export function shape(): Reader<Shape> {
  return {
    metavar: "HxWxC",
    wanted: "height, width and channels such as 32x32x3, or a number of features",
    read: (given) => {
      if (!/^\d+(x\d+x\d+)?$/.test(given)) return undefined;
      const sizes = given.split("x").map(Number);
      return sizes.every((size) => Number.isSafeInteger(size) && size >= 1) ? sizes : undefined;
    },
    fault: beyondExact,
  };
}

/** A number of levels, or `all`, which is infinity. */
export function levels(): Reader<number> {
  const some = whole(1);
  return {
    metavar: "N|all",
    wanted: `${some.wanted}, or all`,
    read: (given) => given === "all" ? Infinity : some.read(given),
    words: ["all"],
  };
}
