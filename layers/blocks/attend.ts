/**
 * Attention for any network: a soft mask branch put on a part of a network
 * that was made without one.
 */
import { defined } from "../../dsl/problem/defined.ts";
import { optionsOf } from "../../dsl/problem/expect.ts";
import { arl, hourglass, type HourglassOptions, mask, type MaskOptions, nal } from "./attention.ts";
import { chain, identity, numbered } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import { insertAfter } from "../../dsl/edit/change.ts";
import { insertBefore } from "../../dsl/edit/change.ts";
import { edit } from "../../dsl/edit/find.ts";
import { headPath } from "../../dsl/edit/head.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { standard } from "../table.ts";

/** Options of {@link attend}. */
export interface AttendOptions extends HourglassOptions, MaskOptions, Using {
  /** Attention residual learning, (1 + M) T, by default; or naive attention learning, M T. */
  readonly learning?: "arl" | "nal";
  /** The part; by default everything before the head, or the whole network when it has none. */
  readonly path?: string;
  /**
   * What the mask looks at. The part's `output`, the default, fits any part
   * and leaves the paths of all weights as they are: the features T that come
   * out become (1 + M(T)) T. The part's `input` is the paper's module, in which
   * the part is the trunk; its output must then have its input's shape, and
   * its path begins with `attention1.trunk`.
   */
  readonly sees?: "output" | "input";
}

/**
 * The network with a soft mask branch on one of its parts. The mask is named
 * `attention1.mask` beside the part, `attention2` where there is one already.
 * Fails when there is no part at the path.
 *
 * @throws {ProblemError} When `depth` or `r` is not a whole number, or depth is below 1.
 * @example Attention on the features of a plain network
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { attend, chain, orThrow, plan } from "@netfold/netfold";
 * import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 *
 * const plain = chain(conv(16, { kernel: 3 }), relu(), globalAveragePool(), dense(10));
 * const net = orThrow(attend(plain, { depth: 2, r: 1 }));
 * assertEquals(orThrow(plan(net, [32, 32, 3])).output, [10]);
 * ```
 */
export function attend(net: Net, options: AttendOptions): Result<Net> {
  const none = undefined;
  const given = optionsOf(options, {
    ...{ depth: NaN, r: none, reading: none, unit: none, activation: none, units: none },
    ...{ learning: "arl", sees: "output", path: none, language: standard },
  });
  const { learning, sees, path, language, activation, units, depth, r, reading, unit } = given;
  const apply = learning === "arl" ? arl : nal;
  const branch = mask(
    hourglass({ depth, ...defined({ r, reading, unit }) }),
    defined({ activation, units }),
  );
  const on = (trunk: Net): Net => numbered("attention", apply(trunk, branch));
  if (sees === "input") return edit(language, net, path ?? "", on);
  if (path !== undefined) return insertAfter(language, net, path, on(identity));
  const head = headPath(language, net);
  return head === undefined
    ? right(chain(net, on(identity)))
    : insertBefore(language, net, head, on(identity));
}
