/** Faults of groups of channels: the groups must divide them. */
import type { Fault } from "../dsl/plan/fault.ts";

/** What is wrong with a number of groups for channels on these sides; nothing when they are unknown. */
export function groupFaults(
  groups: number,
  sides: readonly (readonly [side: string, channels: number])[],
): readonly Fault[] {
  if (Number.isNaN(groups)) return [];
  return sides.filter(([, channels]) => Number.isInteger(channels) && channels % groups !== 0)
    .map(([side, channels]) => ({
      code: "groups-do-not-divide",
      rule: `the groups must divide the ${side} channels`,
      got: `${channels} ${side} channels in ${groups} groups`,
      wanted: `a multiple of ${groups} channels`,
      hint: `use ${Math.ceil(channels / groups) * groups} channels, or other groups`,
    }));
}
