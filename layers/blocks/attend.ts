/**
 * Attention for any network: a soft mask branch, or another attention, put on
 * parts of a network that was made without one.
 */
import { defined } from "../../dsl/problem/defined.ts";
import {
  expectAll,
  expected,
  listOf,
  oneOf,
  optional,
  OPTIONS,
  optionsOf,
  settling,
  TEXT,
  type Wanted,
} from "../../dsl/problem/expect.ts";
import { arl, hourglass, type HourglassOptions, mask, type MaskOptions, nal } from "./attention.ts";
import { WORDS } from "./words.ts";
import { chain, identity, numbered } from "../../dsl/net/combinators.ts";
import { isNet, type Net, part } from "../../dsl/net/net.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { insertBefore } from "../../dsl/edit/change.ts";
import { edit, find, homeOf } from "../../dsl/edit/find.ts";
import { headPath } from "../../dsl/edit/head.ts";
import { hasResiduals, mapResiduals } from "../../dsl/edit/residuals.ts";
import type { Language, Using } from "../../dsl/plan/language.ts";
import { standard } from "../table.ts";

/** Where {@link attend} puts an attention. */
export interface AttendPlace extends Using {
  /**
   * The part, or several, each of which is attended once, a shared part at all of its places; the
   * whole network by default.
   */
  readonly path?: string | readonly string[];
  /**
   * Where in the part. `units`: in every residual unit, at the end of the
   * branch that is added to the shortcut, as squeeze-and-excitation stands in
   * SE-ResNets. `output`: behind the part; of the whole network before its head.
   * By default a soft mask branch stands at the output, any other attention in
   * the units, or at the output where the part has none.
   */
  readonly at?: "units" | "output";
}

/** Options of {@link attend}: a soft mask branch, and its place. */
export interface AttendOptions extends HourglassOptions, MaskOptions, AttendPlace {
  /** Attention residual learning, (1 + M) T, by default; or naive attention learning, M T. */
  readonly learning?: "arl" | "nal";
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
 * The network with attention on some of its parts: a soft mask branch, or any
 * network that gives back a map of its input's shape, such as
 * `squeezeExcite()`. It is named `attention1` beside the part, `attention2`
 * where there is one already. Fails when there is no part at a path, or no
 * residual unit in it where `at` asks for one.
 *
 * @throws {ProblemError} When `depth` or `r` is not a whole number, or depth is below 1.
 * @example A soft mask branch on the features of a plain network
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { attend, chain, orThrow, plan } from "@netfold/netfold";
 * import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 *
 * const plain = chain(conv(16, { kernel: 3 }), relu(), globalAveragePool(), dense(10));
 * const net = orThrow(attend(plain, { depth: 2, r: 1 }));
 * assertEquals(orThrow(plan(net, [32, 32, 3])).output, [10]);
 * ```
 * @example Squeeze-and-excitation in the residual units of one stage
 * ```ts
 * import { assert } from "@std/assert";
 * import { attend, orThrow, paths, squeezeExcite } from "@netfold/netfold";
 * import { resnet50 } from "@netfold/netfold/nets";
 *
 * const net = orThrow(attend(resnet50(), squeezeExcite(), { path: "stage4" }));
 * assert(paths(net).includes("stage4.unit3.attention1.mask"));
 * ```
 */
export function attend(
  net: Net,
  attention: Net | AttendOptions,
  place: AttendPlace = {},
): Result<Net> {
  const { path, ...way } = isNet(attention)
    ? { put: behind(attention), ...optionsOf(place, PLACE, "attend") }
    : softMask(settling(expected(attention, ATTENTION), place));
  expectAll({ path: [path, PATH], at: [way.at, AT] }, "attend");
  const paths = typeof path === "object" ? oneEach(way.language, net, path) : [path];
  return paths.reduce<Result<Net>>(
    (made, path) => made._tag === "Left" ? made : attended(made.right, path, way),
    right(part(net)),
  );
}

const ATTENTION: Wanted = /* @__PURE__ */ (() => ({
  ...OPTIONS,
  wanted: "an attention",
  hint: "give squeezeExcite() or another network, or the options of a mask: { depth: 2 }",
}))();
const PATHS = /* @__PURE__ */ listOf(TEXT);
const PATH: Wanted = {
  fits: (value) =>
    value === undefined || TEXT.fits(value) || PATHS.fits(value) && Object(value).length > 0,
  wanted: "a path, or a list of paths",
  hint: "paths(net) lists them all",
};
const SEES = /* @__PURE__ */ oneOf(["output", "input"]);
const AT: Wanted = /* @__PURE__ */ optional(/* @__PURE__ */ oneOf(["units", "output"]));
const PLACE = { path: undefined, at: undefined, language: standard } as const;

/** How an attention is put on a part. */
interface Way {
  /** The part with the attention. */
  readonly put: (part: Net) => Net;
  /** Where in a part; nothing when the part decides. */
  readonly at: AttendPlace["at"] | undefined;
  readonly language: Language;
}

interface Placed extends Way {
  readonly path: AttendPlace["path"] | undefined;
}

/** An attention that looks at a part's output. */
function behind(attention: Net): (part: Net) => Net {
  return (part) => chain(part, numbered("attention", attention));
}

function softMask(options: AttendOptions): Placed {
  const none = undefined;
  const given = optionsOf(options, {
    ...{ depth: NaN, r: none, reading: none, unit: none, activation: none, units: none },
    ...{ learning: "arl", sees: "output", ...PLACE, at: "output" },
  }, "attend");
  const { learning, sees, path, at, language, activation, units, depth, r, reading, unit } = given;
  expectAll({ learning: [learning, WORDS.learning], sees: [sees, SEES] }, "attend");
  const apply = learning === "arl" ? arl : nal;
  const branch = mask(
    hourglass({ depth, ...defined({ r, reading, unit }) }),
    defined({ activation, units }),
  );
  return sees === "input"
    ? {
      put: (trunk) => numbered("attention", apply(trunk, branch)),
      path: path ?? "",
      at,
      language,
    }
    : { put: behind(apply(identity, branch)), path, at, language };
}

/** One path for each part: those of a shared part's places are all of one, and so is a path that is named twice. */
function oneEach(language: Language, net: Net, paths: readonly string[]): readonly string[] {
  const parts = new Map<string, string>();
  for (const path of paths) {
    const home = homeOf(language, net, path) ?? path;
    if (!parts.has(home)) parts.set(home, path);
  }
  return [...parts.values()];
}

/** The network with an attention on the part at a path, or on all of it. */
function attended(net: Net, path: string | undefined, { put, at, language }: Way): Result<Net> {
  const found = find(language, net, path ?? "");
  if (found._tag === "Left") return found;
  const hasUnits = at !== "output" && hasResiduals(found.right);
  if (hasUnits) return edit(language, net, path ?? "", (part) => mapResiduals(part, put));
  if (at === "units") return fail(noUnits(path ?? ""));
  const head = path === undefined ? headPath(language, net) : undefined;
  return head === undefined
    ? edit(language, net, path ?? "", put)
    : insertBefore(language, net, head, put(identity));
}

function noUnits(path: string): Problem {
  return {
    path,
    layer: "network",
    code: "no-units",
    rule: "the part must have residual units for an attention in them",
    got: "no sum of a shortcut and a body",
    wanted: "a part with residual(), or another place",
    hint: 'say at: "output" to put the attention behind the part',
  };
}
