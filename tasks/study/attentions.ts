/**
 * The arms of the study of attention: one trunk, and behind each of its stages another attention, of
 * which each is small beside the trunk.
 */
import type { Net } from "../../dsl/net/net.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { attend, type AttendOptions } from "../../layers/blocks/attend.ts";
import { bam } from "../../layers/blocks/bam.ts";
import { cbam } from "../../layers/blocks/cbam.ts";
import { coordinateAttention } from "../../layers/blocks/coordinate_attention.ts";
import { eca } from "../../layers/blocks/eca.ts";
import { squeezeExcite } from "../../layers/blocks/squeeze_excite.ts";
import { preactivationResnet } from "../../nets/preactivation_resnet.ts";
import type { Scale } from "./scale.ts";

/** An attention at a scale; nothing for the trunk alone. */
type Attention = (scale: Scale) => Net | AttendOptions | undefined;

/** What the papers divide a width by, and less where widths are shrunk, so that something is left. */
const ratioAt = ({ shrink }: Scale): number => 16 / shrink;

/** The attentions by name, each with its title. */
export const ATTENTIONS: Readonly<Record<string, readonly [title: string, Attention]>> = {
  none: ["no attention", () => undefined],
  residual: ["residual attention", () => ({ depth: 2, r: 1 })],
  "squeeze-excite": ["squeeze-and-excitation", (scale) => squeezeExcite({ ratio: ratioAt(scale) })],
  cbam: ["CBAM", (scale) => cbam({ ratio: ratioAt(scale) })],
  bam: ["BAM", (scale) => bam({ ratio: ratioAt(scale) })],
  eca: ["ECA", () => eca()],
  coordinate: [
    "coordinate attention",
    ({ shrink }) => coordinateAttention({ ratio: 32 / shrink, least: 8 / shrink }),
  ],
};

/** ResNet-32 of pairs of 3x3 convolutions with an attention behind each of its stages. */
export function attendedTrunk(attention: Attention, scale: Scale, classes: number): Net {
  const widths = [64, 128, 256].map((width) => width / scale.shrink);
  const trunk = preactivationResnet({
    units: 5,
    unit: "basic",
    widths,
    stem: 64 / scale.shrink,
    classes,
  });
  const own = attention(scale);
  const path = ["stage1", "stage2", "stage3"];
  return own === undefined ? trunk : orThrow(attend(trunk, own, { path, at: "output" }));
}
