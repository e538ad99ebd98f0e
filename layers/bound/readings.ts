/** Readings of networks, in the standard language or another. */
import { defined } from "../../dsl/problem/defined.ts";
import { optionsOf } from "../../dsl/problem/expect.ts";
import { SHOWN } from "../../dsl/interpreters/summary/rows.ts";
import { renderSummary, type SummaryOptions } from "../../dsl/interpreters/summary/text.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { plan } from "./plan.ts";

/**
 * A network's summary as text, for people.
 *
 * @throws {ProblemError} When the network does not fit the input.
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { summary } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * assertStringIncludes(summary(attention56(), [32, 32, 3]), "1,148,826 trainable");
 * ```
 */
export function summary(net: Net, input: Shape, options: SummaryOptions & Using = {}): string {
  optionsOf(options, { ...SHOWN, language: undefined });
  const { language, ...shown } = options;
  return renderSummary(orThrow(plan(net, input, defined({ language }))), shown);
}
