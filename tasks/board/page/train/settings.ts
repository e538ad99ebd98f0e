/** What is trained in the page, and for how long, as an address holds it. */
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { strangers, wrongAddress } from "../address.ts";

/** Numbers, each with its range; what an address does not say is the usual one. */
export const NUMBERS = {
  p: { title: "p, units around each trunk", least: 0, most: 2, usual: 0 },
  t: { title: "t, units of each trunk", least: 1, most: 3, usual: 1 },
  r: { title: "r, units between poolings", least: 1, most: 2, usual: 1 },
  seed: { title: "Seed", least: 0, most: 999_999, usual: 0 },
  steps: { title: "Steps", least: 10, most: 5000, usual: 300 },
} as const;

/** Attention residual learning first, which is the usual one. */
export const LEARNINGS = ["arl", "nal"] as const;

/** The data sets that can be learnt, the usual one first. */
export const DATA = ["shapes", "cifar10"] as const;

export type NumberName = keyof typeof NUMBERS;

const NUMBER_NAMES = ["p", "t", "r", "seed", "steps"] as const;

export type Settings =
  & { readonly [K in NumberName]: number }
  & { readonly learning: typeof LEARNINGS[number]; readonly data: typeof DATA[number] };

/** The settings that an address names; what it does not say, or says wrongly, is the usual. */
export function settingsOf(given: URLSearchParams): Settings {
  const number = (name: NumberName) => numberIn(name, given.get(name) ?? "") ?? NUMBERS[name].usual;
  return {
    p: number("p"),
    t: number("t"),
    r: number("r"),
    seed: number("seed"),
    steps: number("steps"),
    learning: wordIn(LEARNINGS, given.get("learning")) ?? LEARNINGS[0],
    data: wordIn(DATA, given.get("data")) ?? DATA[0],
  };
}

/** What an address says wrongly of settings. */
export function wrongIn(given: URLSearchParams): readonly Problem[] {
  const numbers = NUMBER_NAMES.flatMap((name) => {
    const { least, most } = NUMBERS[name];
    const text = given.get(name);
    return text === null || numberIn(name, text) !== undefined
      ? []
      : [unlike(name, text, `a whole number from ${least} to ${most}`)];
  });
  const words = Object.entries({ learning: LEARNINGS, data: DATA }).flatMap(([name, known]) => {
    const text = given.get(name);
    return text === null || wordIn(known, text) !== undefined
      ? []
      : [unlike(name, text, known.join(", "))];
  });
  return [
    ...strangers(given, [...NUMBER_NAMES, "learning", "data"]),
    ...numbers,
    ...words,
  ];
}

function unlike(name: string, text: string, wanted: string): Problem {
  return wrongAddress(name, {
    code: "invalid-argument",
    rule: "an address holds what can be trained here",
    got: JSON.stringify(text),
    wanted,
    hint: "the usual one stands in its place; correct the address, or set it here",
  });
}

/** Settings as the names and values of an address. */
export function paramsOf(settings: Settings): URLSearchParams {
  return new URLSearchParams(
    Object.entries(settings).map(([name, value]) => [name, `${value}`]),
  );
}

/** The word of a list that a text is, if it is one. */
export function wordIn<A extends string>(known: readonly A[], text: string | null): A | undefined {
  return known.find((one) => one === text);
}

/** The number that a text says, if it is one of the range. */
export function numberIn(name: NumberName, text: string): number | undefined {
  const { least, most } = NUMBERS[name];
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** What tells a training from others, in words. */
export function titleOf({ p, t, r, learning, data, seed }: Settings): string {
  return `${learning}, p ${p}, t ${t}, r ${r}, seed ${seed}, ${data}`;
}
