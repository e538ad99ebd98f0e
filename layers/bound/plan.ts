/** Planning and reading of networks, in the standard language or another. */
import { readText, readValue } from "../../dsl/net/json.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { type Using, vocabularyOf } from "../../dsl/plan/language.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { planIn } from "../../dsl/plan/planning.ts";
import type { Result } from "../../dsl/problem/result.ts";
import { languageOf } from "./_language.ts";

/**
 * Plans a network for an input of `[height, width, channels]` or `[features]`.
 *
 * @example Every problem at once
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, plan } from "@netfold/netfold";
 * import { conv, dense } from "@netfold/netfold/layers";
 *
 * const result = plan(chain(conv(30, { groups: 4 }), dense(10)), [8, 8, 4]);
 * if (result._tag === "Left") {
 *   assertEquals(result.left.map(({ path }) => path), ["conv1", "dense1"]);
 * }
 * ```
 */
export function plan(net: Net, input: Shape, using: Using = {}): Result<Plan> {
  return planIn(languageOf(using), net, input);
}

/** The network that a JSON text describes, or everything that is wrong with the text. */
export function fromJSON(text: string, using: Using = {}): Result<Net> {
  return readText(text, vocabularyOf(languageOf(using)));
}

/** The network that a parsed JSON value describes, `{ netfold: 1, net }`, or everything that is wrong with it. */
export function netFromJson(value: unknown, using: Using = {}): Result<Net> {
  return readValue(value, vocabularyOf(languageOf(using)));
}
