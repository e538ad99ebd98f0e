/** How attentions that give a factor for each channel or each position are put on a map. */
import { fork, identity, labelled } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";

/** The map that comes in times a mask that is made of it. */
export function modulated(mask: Net): Net {
  return fork("modulate", identity, labelled("mask", mask));
}
