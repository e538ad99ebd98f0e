/**
 * Values of netfold as a notebook and a console show them. Networks and plans
 * are plain data, without methods and without a look of their own; `show` and
 * its kin wrap them in something that has one, for Deno's Jupyter kernel and
 * for `console.log`.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 * import { show } from "@netfold/netfold/notebook";
 *
 * const planned = orThrow(plan(attention56(), [32, 32, 3]));
 * assertStringIncludes(Deno.inspect(show(planned)), "1,148,826 trainable");
 * ```
 *
 * @module
 */
export { DISPLAY, INSPECT, type Pictured, type Shown } from "./shown.ts";
export {
  show,
  showConfusion,
  showCurves,
  showDiagram,
  showDiff,
  showMasks,
  showStudy,
} from "./show.ts";
