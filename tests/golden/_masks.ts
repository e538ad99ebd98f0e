/** What the soft mask branches of a planned network hold. */
import { leaves, type Plan } from "../../mod.ts";

/** Whether a path lies in a mask. */
export const IN_MASK: RegExp = /(^|\.)mask\./;
const UNIT = /^(.*\.mask)\.(.*unit\d+)\./;

/** The share of a network's MACs that lies in its masks, in percent. */
export function maskShare(plan: Plan): number {
  const macs = (wanted: (path: string) => boolean) =>
    leaves(plan).filter(({ path }) => wanted(path)).reduce((sum, leaf) => sum + leaf.cost.macs, 0);
  return 100 * macs((path) => IN_MASK.test(path)) / macs(() => true);
}

/** The number of residual units of each mask, in the order of computation. */
export function maskUnits(plan: Plan): readonly number[] {
  const masks = new Map<string, Set<string>>();
  for (const { path } of leaves(plan)) {
    const [, mask, unit] = UNIT.exec(path) ?? [];
    if (mask === undefined || unit === undefined) continue;
    masks.set(mask, (masks.get(mask) ?? new Set()).add(unit));
  }
  return [...masks.values()].map((units) => units.size);
}
