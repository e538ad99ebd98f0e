/** What the facets of a rule must give: a rule of a user's own may give anything. */
import { FUNCTION, hasFields, NUMBER, optional, TEXT, type Wanted } from "../problem/expect.ts";
import { ProblemError } from "../problem/throw.ts";
import { invalidRule } from "./fault.ts";

const TEXT_OR_NONE = /* @__PURE__ */ optional(TEXT);

/** What each facet of a rule gives. */
const FACETS = {
  sight: {
    fits: (value: unknown) =>
      hasFields(value, ["sees"]) &&
      (value.sees === "position" || value.sees === "map" ||
        value.sees === "neighbours" && hasFields(value, ["step"]) ||
        value.sees === "window" && hasFields(value, ["kernel", "stride", "padding", "dilation"])),
    wanted: "{ sees }: a position, a map, neighbours with their step, or a window",
  },
  drawing: {
    fits: (value: unknown) =>
      hasFields(value, ["kind"]) && TEXT.fits(value.kind) &&
      (!hasFields(value, ["name"]) || TEXT_OR_NONE.fits(value.name)) &&
      (!hasFields(value, ["words"]) || TEXT_OR_NONE.fits(value.words)),
    wanted: "{ kind, name, words }",
  },
  elsewhere: {
    fits: (value: unknown) =>
      hasFields(value, ["fvcore", "torchinfo"]) && NUMBER.fits(value.fvcore) &&
      NUMBER.fits(value.torchinfo),
    wanted: "{ fvcore, torchinfo }, both numbers",
  },
  torch: {
    fits: (value: unknown) =>
      hasFields(value, ["applies"]) && FUNCTION.fits(value.applies) &&
      (!hasFields(value, ["makes"]) || value.makes === undefined ||
        hasFields(value.makes, ["callee", "holes"]) && Array.isArray(value.makes.holes)),
    wanted: "{ makes, applies }: a call of a class, and a function of the code",
  },
} as const satisfies Readonly<Record<string, Wanted>>;

/**
 * What a facet gave, or nothing where the rule has none.
 *
 * @throws {ProblemError} When it is something else than the facet's.
 */
export function facet<T>(layer: string, name: keyof typeof FACETS, value: T): T {
  const { fits, wanted } = FACETS[name];
  if (value === undefined || fits(value)) return value;
  throw new ProblemError([{ path: "", layer, ...invalidRule(name, value, wanted) }]);
}
