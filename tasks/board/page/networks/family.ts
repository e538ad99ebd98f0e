/** The numbers and choices of the Residual Attention Networks for small images, as an address holds them. */
import type { ResidualAttentionOptions } from "../../../../nets/residual_attention.ts";

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

/** The member that an address names; what it does not say, or says wrongly, is the paper's. */
export function familyOf(given: (name: string) => string | null): Family {
  const number = (name: NumberName, usual: number) => wholeOf(given(name)) ?? usual;
  const list = (name: StageNumberName, usual: readonly number[]) => {
    const numbers = (given(name) ?? "").split(",").map(wholeOf);
    return numbers.every((one) => one !== undefined) ? numbers : usual;
  };
  const choice = <K extends ChoiceName>(name: K): typeof CHOICES[K][number] =>
    CHOICES[name].find((one) => one === given(name)) ?? CHOICES[name][0];
  return {
    p: number("p", 1),
    t: number("t", 2),
    r: number("r", 1),
    tail: number("tail", 3),
    modules: list("modules", [1, 1, 1]),
    widths: list("widths", [64, 128, 256]),
    unit: choice("unit"),
    activation: choice("activation"),
    mask: choice("mask"),
    learning: choice("learning"),
    layout: choice("layout"),
    reading: choice("reading"),
  };
}

/** What of a member is not the paper's, by name. */
export function unusual(family: Family): Partial<Family> {
  const usual = familyOf(() => null);
  const names = [
    ...NUMBERS.map(({ name }) => name),
    ...STAGE_NUMBERS.map(({ name }) => name),
    ...CHOICE_NAMES,
  ];
  return Object.fromEntries(
    names.filter((name) => `${family[name]}` !== `${usual[name]}`)
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

function wholeOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
