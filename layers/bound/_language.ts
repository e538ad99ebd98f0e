/** The language of a function's options: netfold's own unless another is given. */
import { isLanguage, type Language, type Using } from "../../dsl/plan/language.ts";
import { expected } from "../../dsl/problem/expect.ts";
import { standard } from "../table.ts";

const OPTIONS = {
  fits: (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value),
  wanted: "an object of options",
  hint: "give { language }, or leave it out",
} as const;

const LANGUAGE = {
  fits: isLanguage,
  wanted: "a language",
  hint: "make one: standard.with(myLayer)",
} as const;

/**
 * The language that options name.
 *
 * @throws {ProblemError} When they are no object, or what they name is no language.
 */
export function languageOf(using: Using): Language {
  return expected(expected(using, OPTIONS).language ?? standard, LANGUAGE);
}
