/**
 * Graphics cards as their data sheets describe them, without sparsity: what they could do at most.
 * What of it a training gets is in `step_time.ts`.
 */

/** How numbers of maps are held: in bfloat16, or in float32, whose products are made in TF32. */
export type Precision = "bfloat16" | "float32";

/** A graphics card, and what joins it to others. */
export interface Gpu {
  /** Its name in full. */
  readonly name: string;
  /** Products and sums of tensor cores in a second, by precision. */
  readonly flops: Readonly<Record<Precision, number>>;
  /** Bytes of its memory. */
  readonly memory: number;
  /** Bytes in a second to and from its memory. */
  readonly bandwidth: number;
  /** Bytes in a second to each of the cards of its machine. */
  readonly link: number;
  /** Bytes in a second to cards of other machines. */
  readonly network: number;
}

/** How many cards a machine has. */
export const PER_MACHINE = 8;

const [TERA, GIGA] = [1e12, 1e9];

const gpu = (
  name: string,
  [bfloat16, float32]: readonly [number, number],
  memory: number,
  bandwidth: number,
  [link, network]: readonly [number, number],
): Gpu => ({
  name,
  flops: { bfloat16: bfloat16 * TERA, float32: float32 * TERA },
  memory: memory * GIGA,
  bandwidth: bandwidth * GIGA,
  link: link * GIGA,
  network: network * GIGA,
});

/** The cards by the names that `--gpu` takes. */
export const GPUS = {
  a100: gpu("A100 SXM", [312, 156], 80, 2039, [300, 25]),
  h100: gpu("H100 SXM", [989, 494], 80, 3350, [450, 50]),
  h200: gpu("H200 SXM", [989, 494], 141, 4800, [450, 50]),
  b200: gpu("B200 SXM", [2250, 1125], 180, 7700, [900, 50]),
  l40s: gpu("L40S", [362, 183], 48, 864, [32, 25]),
  rtx4090: gpu("GeForce RTX 4090", [165, 83], 24, 1008, [32, 12.5]),
} as const satisfies Readonly<Record<string, Gpu>>;
