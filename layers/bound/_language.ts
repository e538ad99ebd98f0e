/** The language of a function's options: netfold's own unless another is given. */
import { isLanguage, type Language, type Using } from "../../dsl/plan/language.ts";
import { expected, optionsOf } from "../../dsl/problem/expect.ts";
import { standard } from "../table.ts";

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
  return expected(optionsOf(using, { language: standard }).language, LANGUAGE);
}
