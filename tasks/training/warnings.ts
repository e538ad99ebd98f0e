/** What a training may well do, and what will teach it nothing: said before its first step. */
import { SINGLE_NORM, singleNorms } from "../../dsl/interpreters/counts/single_norms.ts";
import type { Dataset } from "../data/dataset.ts";
import type { EngineOptions } from "./engine.ts";
import type { RunConfig } from "./config.ts";
import type { Prepared } from "./prepare.ts";
import { partOf } from "./recipe.ts";

/** What is to be said of a data set of one class. */
export const ONE_CLASS =
  "the data set has one class: every answer is right, and there is nothing to learn";

/** Warns of what is planned. */
export function warnOf(
  { recipe }: Pick<RunConfig, "recipe">,
  { plan, parts }: Pick<Prepared, "plan" | "parts">,
  { classes }: Pick<Dataset, "classes">,
  { onWarning = console.warn }: Pick<EngineOptions, "onWarning">,
): void {
  const plans = [plan, ...parts.map((part) => part.plan)];
  const alone = new Set(plans.flatMap((planned) => singleNorms(planned, partOf(recipe))));
  const [first] = alone;
  if (first !== undefined) {
    const others = alone.size === 1 ? "" : ` and ${alone.size - 1} more like it`;
    onWarning(`${first}${others}: ${SINGLE_NORM}`);
  }
  if (classes.length === 1) onWarning(ONE_CLASS);
}

/** Warns of averages that begin where a run is resumed. */
export function warnOfAverages(
  [first, ...others]: readonly string[],
  { onWarning = console.warn }: Pick<EngineOptions, "onWarning">,
): void {
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  onWarning(
    `the last checkpoint has no average of ${first}${more}, for an earlier version wrote it: ` +
      "it begins with the last value",
  );
}

/** Warns of what was changed in the configuration of a run that is resumed. */
export function warnOfChanges(
  changes: readonly string[],
  { onWarning = console.warn }: Pick<EngineOptions, "onWarning">,
): void {
  if (changes.length === 0) return;
  onWarning(
    `config.json was changed since the last checkpoint: ${changes.join(", ")}; the run is ` +
      "resumed as it says now, and does not end as it would have ended",
  );
}

/** Warns of settings of PyTorch's script without which a run is resumed. */
export function warnOfLeftOut(
  settings: readonly string[],
  { onWarning = console.warn }: Pick<EngineOptions, "onWarning">,
): void {
  if (settings.length === 0) return;
  onWarning(
    `config.json has settings that PyTorch's script alone has: ${
      settings.join(", ")
    }; the run is ` +
      "resumed without them, and does not end as it would have ended; --engine torch has them",
  );
}
