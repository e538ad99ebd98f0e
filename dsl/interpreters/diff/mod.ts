/**
 * Comparisons of two networks, as values and as text.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { diff, orThrow, plan } from "@netfold/netfold";
 * import { renderDiff } from "@netfold/netfold/diff";
 * import { relu, sigmoid } from "@netfold/netfold/layers";
 *
 * const [a, b] = [relu(), sigmoid()].map((net) => orThrow(plan(net, [4])));
 * assertStringIncludes(renderDiff(diff(a!, b!)), "sigmoid");
 * ```
 *
 * @module
 */
export { diff } from "./diff.ts";
export { type DiffTextOptions, renderDiff } from "./text.ts";
export type * from "./value.ts";
