/** The numbers and choices of the Residual Attention Networks for small images, as an address holds them. */
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { left, type Result, right } from "../../../../dsl/problem/result.ts";
import type { ResidualAttentionOptions } from "../../../../nets/residual_attention.ts";
import { wrongAddress } from "../address.ts";

/** As many stages as there are sliders for. */
export const MOST_STAGES = 5;

/** Numbers that the whole network has, each with the range of its slider. */
export const NUMBERS = [
  { name: "p", title: "p, units around each trunk", least: 0, most: 4 },
  { name: "t", title: "t, units of each trunk", least: 1, most: 6 },
  { name: "r", title: "r, units between poolings", least: 1, most: 4 },
  { name: "tail", title: "units at the end", least: 0, most: 6 },
] as const;

/** Numbers that each stage has. */
export const STAGE_NUMBERS = [
  { name: "modules", title: "modules", least: 0, most: 8, each: 1 },
  { name: "widths", title: "channels", least: 8, most: 512, each: 8 },
] as const;

/** Choices; the first of each is the paper's. */
export const CHOICES = {
  unit: ["preactivation", "basic", "resnext", "inception"],
  activation: ["mixed", "channel", "spatial"],
  mask: ["hourglass", "local"],
  learning: ["arl", "nal"],
  layout: ["tail", "text"],
  reading: ["figure", "descent"],
} as const;

export type NumberName = typeof NUMBERS[number]["name"];
export type StageNumberName = typeof STAGE_NUMBERS[number]["name"];
export type ChoiceName = keyof typeof CHOICES;

/** A member of the family. */
export type Family =
  & { readonly [K in NumberName]: number }
  & { readonly [K in StageNumberName]: readonly number[] }
  & { readonly [K in ChoiceName]: typeof CHOICES[K][number] };

export const CHOICE_NAMES = [
  "unit",
  "activation",
  "mask",
  "learning",
  "layout",
  "reading",
] as const;

export type FamilyName = keyof Family;

/** What an address says of a member, as it is written there; what it does not say is the paper's. */
export type FamilySaid = { readonly [K in FamilyName]?: string };

const USUAL: Family = {
  p: 1,
  t: 2,
  r: 1,
  tail: 3,
  modules: [1, 1, 1],
  widths: [64, 128, 256],
  unit: CHOICES.unit[0],
  activation: CHOICES.activation[0],
  mask: CHOICES.mask[0],
  learning: CHOICES.learning[0],
  layout: CHOICES.layout[0],
  reading: CHOICES.reading[0],
};

/** How what is written is read; nothing of what no slider and no choice has. */
interface Reader<A> {
  readonly read: (text: string) => A | undefined;
  readonly wanted: string;
}

const READERS: { readonly [K in FamilyName]: Reader<Family[K]> } = {
  p: number("p"),
  t: number("t"),
  r: number("r"),
  tail: number("tail"),
  modules: list("modules"),
  widths: list("widths"),
  unit: choice("unit"),
  activation: choice("activation"),
  mask: choice("mask"),
  learning: choice("learning"),
  layout: choice("layout"),
  reading: choice("reading"),
};

/** All that a member has. */
export const FAMILY_NAMES: readonly FamilyName[] = [
  ...NUMBERS.map(({ name }) => name),
  ...STAGE_NUMBERS.map(({ name }) => name),
  ...CHOICE_NAMES,
];

/** The member that is said, or what is said wrongly. */
export function familyOf(said: FamilySaid): Result<Family> {
  const problems = FAMILY_NAMES.flatMap((name) => {
    const { [name]: text } = said;
    const { read, wanted } = READERS[name];
    return text === undefined || read(text) !== undefined ? [] : [unlike(name, text, wanted)];
  });
  return problems.length > 0 ? left(problems) : right(nearestOf(said));
}

/** The member as sliders show it: the paper's in what is said wrongly. */
export function nearestOf(said: FamilySaid): Family {
  const value = <K extends FamilyName>(name: K): Family[K] => {
    const { [name]: text } = said;
    return (text === undefined ? undefined : READERS[name].read(text)) ?? USUAL[name];
  };
  return {
    p: value("p"),
    t: value("t"),
    r: value("r"),
    tail: value("tail"),
    modules: value("modules"),
    widths: value("widths"),
    unit: value("unit"),
    activation: value("activation"),
    mask: value("mask"),
    learning: value("learning"),
    layout: value("layout"),
    reading: value("reading"),
  };
}

/** What is said once a member was changed; what is the paper's need not be. */
export function changed(said: FamilySaid, what: Partial<Family>): FamilySaid {
  const next = {
    ...said,
    ...Object.fromEntries(Object.entries(what).map(([name, value]) => [name, `${value}`])),
  };
  return Object.fromEntries(
    FAMILY_NAMES.flatMap((name) => {
      const { [name]: text } = next;
      return text === undefined || text === `${USUAL[name]}` ? [] : [[name, text]];
    }),
  );
}

/** What of a member is not the paper's, by name. */
export function unusual(family: Family): Partial<Family> {
  return Object.fromEntries(
    FAMILY_NAMES.filter((name) => `${family[name]}` !== `${USUAL[name]}`)
      .map((name) => [name, family[name]]),
  );
}

/** The member as options of `residualAttention`. */
export function optionsOf(
  family: Family,
  more: Pick<ResidualAttentionOptions, "classes" | "input">,
): ResidualAttentionOptions {
  return { ...unusual(family), ...more };
}

function number(name: NumberName): Reader<number> {
  const { least, most } = NUMBERS.find((one) => one.name === name) ?? NUMBERS[0];
  return {
    read: (text) => wholeOf(text, { least, most, each: 1 }),
    wanted: `a whole number from ${least} to ${most}`,
  };
}

function list(name: StageNumberName): Reader<readonly number[]> {
  const range = STAGE_NUMBERS.find((one) => one.name === name) ?? STAGE_NUMBERS[0];
  const { least, most, each } = range;
  return {
    read: (text) => {
      const numbers = text.split(",").map((one) => wholeOf(one, range));
      const isWhole = numbers.length <= MOST_STAGES && numbers.every((one) => one !== undefined);
      return isWhole ? numbers : undefined;
    },
    wanted: `for each of at most ${MOST_STAGES} stages a ${
      each === 1 ? "whole number" : `multiple of ${each}`
    } from ${least} to ${most}, with commas between them`,
  };
}

function choice<K extends ChoiceName>(name: K): Reader<typeof CHOICES[K][number]> {
  const all: readonly typeof CHOICES[K][number][] = CHOICES[name];
  return { read: (text) => all.find((one) => one === text), wanted: all.join(", ") };
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly each: number;
}

function wholeOf(text: string, { least, most, each }: Range): number | undefined {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most && value % each === 0 ? value : undefined;
}

function unlike(name: FamilyName, text: string, wanted: string): Problem {
  return wrongAddress(name, {
    code: "invalid-argument",
    rule: "an address names a member of the family that its sliders and choices can show",
    got: JSON.stringify(text),
    wanted,
    hint: "correct the address, or set it here; other networks are made by code",
  });
}
