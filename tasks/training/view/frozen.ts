/** What of a network stays as it begins, for people. */
import { frozenIn } from "../../../dsl/interpreters/summary/notes.ts";
import { foldPlan } from "../../../dsl/plan/fold.ts";
import type { Plan } from "../../../dsl/plan/plan.ts";
import { count } from "../../terminal/format.ts";

/** As many parts are named. */
const MOST = 5;

/** A part, or several beside each other: what of it is frozen, and whether something else is trained. */
interface Rest {
  readonly frozen: readonly string[];
  readonly trains: boolean;
}

/**
 * The numbers that are frozen and the largest parts that hold nothing else; nothing where all is
 * trained.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, freeze, named, orThrow, plan } from "../../../mod.ts";
 * import { conv } from "../../../layers/mod.ts";
 * import { frozenText } from "./frozen.ts";
 *
 * const net = chain(named("stem", chain(conv(2), conv(4))), conv(8), conv(16));
 * const planned = orThrow(plan(orThrow(freeze(net, "stem", "conv1")), [8, 8, 3]));
 * assertEquals(frozenText(planned), "46 parameters, in stem, conv1");
 * ```
 */
export function frozenText(plan: Plan): string | undefined {
  const numbers = frozenIn(plan);
  if (numbers === 0) return undefined;
  const together = (parts: readonly Rest[]): Rest => ({
    frozen: parts.flatMap(({ frozen }) => frozen),
    trains: parts.some(({ trains }) => trains),
  });
  const { frozen } = foldPlan<Rest>(plan, {
    layer: ({ path, parameters, frozen }) => ({
      frozen: frozen && parameters.length > 0 ? [path] : [],
      trains: !frozen && parameters.length > 0,
    }),
    chain: together,
    fork: together,
    named: (body, { path }) =>
      body.trains || body.frozen.length === 0 ? body : { ...body, frozen: [path] },
  });
  const others = frozen.length > MOST ? ` and ${frozen.length - MOST} more parts` : "";
  return `${count(numbers)} parameters, in ${frozen.slice(0, MOST).join(", ")}${others}`;
}
