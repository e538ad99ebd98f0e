/** What `deno task train` trains, on what and how fast, when nothing is said. */
import type { PresetName } from "../training/presets.ts";

export const DEFAULTS = {
  net: "cifar/attention-8",
  /** The network of an hour. */
  longNet: "cifar/attention-8-wide",
  data: "cifar10",
  /** The learning rates of optimisers that take the place of a preset's own. */
  rates: { sgd: 0.1, adamw: 0.001, lion: 1e-4, muon: 0.02 },
} as const;

/** The network that is trained when none is named. */
export function netOf(
  { net, preset }: { readonly net?: string; readonly preset?: string },
): string {
  return net ?? (preset === "long" ? DEFAULTS.longNet : DEFAULTS.net);
}

/** The preset that is asked for; weights to begin with are tuned. */
export function presetOf(
  { preset, from }: { readonly preset?: PresetName; readonly from?: string },
): PresetName | undefined {
  return preset ?? (from === undefined ? undefined : "tune");
}
