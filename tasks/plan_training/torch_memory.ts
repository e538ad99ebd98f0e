/**
 * The memory of a training step in eager PyTorch: which maps, gradients and parameters live at the
 * same time, from the plan alone. The forward pass keeps what `kept.ts` says; the backward pass
 * runs it in reverse, holds the gradients that are on their way, and gives up what it has read.
 */
import { sizeOf } from "../../dsl/net/shape.ts";
import { type Leaf, parametersAt } from "../../dsl/plan/fold.ts";
import { isTrainable } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { keptOf } from "./kept.ts";

/** Bytes of a float32, as which parameters, their gradients and what optimisers keep are held. */
const FULL = 4;

/** What the memory of a step depends on beside its network. */
export interface StepMemoryOptions {
  /** Images that go through the network at once. */
  readonly images: number;
  /** Bytes of a number of a map: 4 in float32, 2 in autocast. */
  readonly bytes: 2 | 4;
  /** Numbers that the optimiser keeps for each that it trains: 1 for momentum, 2 for AdamW. */
  readonly kept: number;
}

/** The memory of a step, in bytes. */
export interface StepMemory {
  /** Weights, running statistics, and what the optimiser keeps. */
  readonly state: number;
  /** The gradients of all weights. */
  readonly gradients: number;
  /** What the forward pass keeps for the backward pass. */
  readonly kept: number;
  /** The most that lives at the same time. */
  readonly peak: number;
}

interface Value {
  /** Numbers of one image. */
  readonly size: number;
  /** Whether a gradient comes back to it. */
  readonly learns: boolean;
  /** Its place in the order in which values are made; nothing of the images, which stay. */
  readonly made?: number;
}

interface Operation {
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** Values that others see too, kept until its gradient is known. */
  readonly kept: readonly Value[];
  /** Numbers of one image that it alone keeps. */
  readonly own: number;
  /** Bytes of one image that it keeps whatever the precision. */
  readonly marks: number;
  /** Numbers that it trains. */
  readonly weights: number;
  readonly passes: boolean;
}

/** The memory of one training step of a network, in one process. */
export function stepMemory(plan: Plan, options: StepMemoryOptions): StepMemory {
  const images: Value = { size: sizeOf(plan.input), learns: false };
  const operations = traced(plan, images);
  const parameters = operations.flatMap(({ leaf }) => parametersAt(leaf));
  const total = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const trained = operations.reduce((sum, { weights }) => sum + weights, 0);
  const state = FULL * (total + options.kept * trained);
  // Weights in the precision of the maps, and the images in both.
  const copies = options.bytes === FULL ? 0 : options.bytes * trained;
  const fed = options.images * images.size * (options.bytes === FULL ? FULL : FULL + options.bytes);
  const run = new Run(options);
  run.grow(state + copies + fed);
  run.forward(operations);
  const kept = run.live - state;
  run.backward(operations);
  return { state, gradients: FULL * trained, kept, peak: run.peak };
}

/** The operations of a network in their order. */
function traced(plan: Plan, images: Value): readonly (Operation & { readonly leaf: Leaf })[] {
  const found: (Operation & { readonly leaf: Leaf })[] = [];
  const apply = (leaf: Leaf, all: readonly Value[]): Value => {
    const rule = keptOf(leaf);
    const { input, output: outputs, view, own = 0, marks = 0, passes = false, reads } = rule;
    const inputs = reads === undefined ? all : all.slice(reads, reads + 1);
    const [first] = inputs;
    if (view && first !== undefined) return first;
    const size = sizeOf(leaf.output);
    const weights = parametersAt(leaf).filter(isTrainable)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const learns = weights > 0 || inputs.some((value) => value.learns);
    const output = { size, learns, made: found.length };
    const kept = learns ? [...(input ? inputs : []), ...(outputs ? [output] : [])] : [];
    const alone = learns ? { own: own * size, marks: marks * size } : { own: 0, marks: 0 };
    found.push({ leaf, inputs, output, kept, ...alone, weights, passes });
    return output;
  };
  const run = (part: Plan, value: Value): Value => {
    switch (part.kind) {
      case "layer":
        return apply(part, [value]);
      case "chain":
        return part.parts.reduce((before, next) => run(next, before), value);
      case "fork":
        return apply(part, part.branches.map((branch) => run(branch, value)));
      case "named":
        return run(part.body, value);
      default:
        return part satisfies never;
    }
  };
  run(plan, images);
  return found;
}

/** Memory as a step goes on. */
class Run {
  live = 0;
  peak = 0;
  readonly #options: StepMemoryOptions;
  /** How often each value is still needed. */
  readonly #needed = new Map<Value, number>();
  readonly #gradients = new Map<Value, number>();

  constructor(options: StepMemoryOptions) {
    this.#options = options;
  }

  grow(bytes: number): void {
    this.live += bytes;
    this.peak = Math.max(this.peak, this.live);
  }

  forward(operations: readonly Operation[]): void {
    for (const { inputs } of operations) for (const value of inputs) this.#need(value, 1);
    for (const { inputs, output, kept, own, marks } of operations) {
      this.grow(this.#bytes(output.size + own) + this.#options.images * marks);
      for (const value of kept) this.#need(value, 1);
      for (const value of inputs) this.#release(value);
    }
  }

  backward(operations: readonly Operation[]): void {
    const last = operations.at(-1)?.output;
    if (last !== undefined) this.#give(last, this.#bytes(last.size));
    for (const operation of operations.toReversed()) {
      const { inputs, output, kept, own, marks, weights, passes } = operation;
      if (!output.learns) continue;
      this.grow(FULL * weights);
      for (const value of inputs.filter(({ learns }) => learns)) {
        this.#give(value, passes ? 0 : this.#bytes(value.size));
      }
      const passed = passes ? earliest(inputs) : undefined;
      const gradient = this.#gradients.get(output) ?? 0;
      if (passed === undefined) this.live -= gradient;
      else this.#gradients.set(passed, (this.#gradients.get(passed) ?? 0) + gradient);
      for (const value of kept) this.#release(value);
      this.live -= this.#bytes(own) + this.#options.images * marks;
    }
  }

  /** A gradient arrives; one that is there already takes it up. */
  #give(value: Value, bytes: number): void {
    this.grow(bytes);
    if (this.#gradients.get(value)) this.live -= bytes;
    else this.#gradients.set(value, bytes);
  }

  #need(value: Value, by: number): void {
    this.#needed.set(value, (this.#needed.get(value) ?? 0) + by);
  }

  #release(value: Value): void {
    const left = (this.#needed.get(value) ?? 0) - 1;
    this.#needed.set(value, left);
    if (left === 0 && value.made !== undefined) this.live -= this.#bytes(value.size);
  }

  #bytes(size: number): number {
    return this.#options.images * this.#options.bytes * size;
  }
}

/** The value among those that learn whose turn in the backward pass comes last. */
function earliest(values: readonly Value[]): Value | undefined {
  return values.filter(({ learns }) => learns)
    .reduce<Value | undefined>((a, b) => a && (a.made ?? 0) <= (b.made ?? 0) ? a : b, undefined);
}
