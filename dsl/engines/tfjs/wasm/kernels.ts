/**
 * Our own WebAssembly kernels, as one module over TensorFlow.js's memory: what
 * its wasm backend lacks, or does in many passes.
 */
import type { Activation } from "../../../graph/op.ts";
import {
  assemble,
  constant,
  f32x4,
  type Func,
  fusedMultiplyAdd,
  type Local,
  type MultiplyAdd,
  plainMultiplyAdd,
  type Value,
} from "./assembler.ts";
import { gelu, geluSlope, logistic } from "./functions.ts";
import { channelwise, type Entry, pointwise } from "./passes.ts";
import { innerProduct, outerProduct } from "./products.ts";
import { copyRows, maxOfWindow, maxOfWindowGrad, transpose } from "./windows.ts";

const relu = (x: Value): Value => f32x4.max(x, f32x4.zero);

/** The kernels that pass over entries. Order of operands: inputs, outputs, numbers, count. */
function entryPasses(madd: MultiplyAdd) {
  const one = constant(1);
  const means = ({ hold }: Entry) => ({ madd, hold });
  const two = (given: number, write: (a: Local, b: Local, e: Entry) => Value): Func =>
    pointwise({
      ...{ inputs: 2, outputs: 1, given },
      write: (e) => ({ outputs: [write(e.x(0), e.x(1), e)] }),
    });
  const single = (given: number, write: (x: Local, e: Entry) => Value): Func =>
    pointwise({
      ...{ inputs: 1, outputs: 1, given },
      write: (e) => ({ outputs: [write(e.x(0), e)] }),
    });
  return {
    add: two(0, (a, b) => f32x4.add(a, b)),
    subtract: two(0, (a, b) => f32x4.subtract(a, b)),
    multiply: two(0, (a, b) => f32x4.multiply(a, b)),
    addScaled: two(1, (a, b, { given }) => madd(b, given(0), a)),
    mix: two(2, (a, b, { given }) => madd(a, given(0), f32x4.multiply(b, given(1)))),
    reluGrad: two(0, (dy, y) => f32x4.and(dy, f32x4.greater(y, f32x4.zero))),
    sigmoidGrad: two(0, (dy, y) => f32x4.multiply(dy, f32x4.multiply(y, f32x4.subtract(one, y)))),
    geluGrad: two(0, (dy, x, e) => f32x4.multiply(dy, geluSlope(means(e), x))),
    attend: two(0, (trunk, mask) => madd(trunk, mask, trunk)),
    scale: single(1, (x, { given }) => f32x4.multiply(x, given(0))),
    relu: single(0, relu),
    sigmoid: single(0, (x, e) => logistic(means(e), x)),
    gelu: single(0, (x, e) => gelu(means(e), x)),
    inverseRoot: single(
      1,
      (x, { given }) => f32x4.divide(one, f32x4.squareRoot(f32x4.add(x, given(0)))),
    ),
  };
}

/** Writes a number to every entry. */
const fill = (): Func =>
  pointwise({
    ...{ inputs: 0, outputs: 1, given: 1 },
    write: ({ given }) => ({ outputs: [given(0)] }),
  });

/**
 * The optimisers' steps. `sgd` and `nesterov`: inputs w, g, v; outputs w', v';
 * numbers weight decay, momentum, minus the rate. `adamw`: inputs w, g, m, v;
 * outputs w', m', v'; numbers beta1, 1 - beta1, beta2, 1 - beta2, minus the
 * rate over 1 - beta1^t, 1 / (1 - beta2^t), epsilon, 1 - rate * weight decay.
 */
function updates(madd: MultiplyAdd) {
  const descent = (ahead: boolean): Func =>
    pointwise({
      ...{ inputs: 3, outputs: 2, given: 3 },
      write: ({ x, given, hold }) => {
        const gradient = hold(madd(x(0), given(0), x(1)));
        const velocity = hold(madd(x(2), given(1), gradient));
        const direction = ahead ? madd(velocity, given(1), gradient) : velocity;
        return { outputs: [madd(direction, given(2), x(0)), velocity] };
      },
    });
  const adamw = pointwise({
    ...{ inputs: 4, outputs: 3, given: 8 },
    write: ({ x, given, hold }) => {
      const [w, g, m, v] = [x(0), x(1), x(2), x(3)];
      const first = hold(madd(m, given(0), f32x4.multiply(g, given(1))));
      const square = f32x4.multiply(g, f32x4.multiply(g, given(3)));
      const second = hold(madd(v, given(2), square));
      const root = f32x4.squareRoot(f32x4.multiply(second, given(5)));
      const direction = f32x4.divide(first, f32x4.add(root, given(6)));
      const kept = f32x4.multiply(w, given(7));
      return { outputs: [madd(direction, given(4), kept), first, second] };
    },
  });
  return { sgd: descent(false), nesterov: descent(true), adamw };
}

/** The kernels that pass over channels. Order of operands: inputs, outputs, given, sums, rows, channels. */
function channelPasses(madd: MultiplyAdd) {
  const map = (given: number, write: (x: Value, e: Entry) => Value): Func =>
    channelwise({
      ...{ inputs: 1, outputs: 1, given, sums: 0 },
      write: (e) => ({ outputs: [write(e.x(0), e)] }),
    });
  const affine = (x: Value, { given }: Entry): Value => madd(x, given(0), given(1));
  return {
    addChannels: map(1, (x, { given }) => f32x4.add(x, given(0))),
    multiplyChannels: map(1, (x, { given }) => f32x4.multiply(x, given(0))),
    affine: map(2, affine),
    affineRelu: map(2, (x, e) => relu(affine(x, e))),
    sum: channelwise({
      ...{ inputs: 1, outputs: 0, given: 0, sums: 1 },
      write: ({ x, sum }) => ({ sums: [f32x4.add(sum(0), x(0))] }),
    }),
    sumSquares: channelwise({
      ...{ inputs: 1, outputs: 0, given: 1, sums: 1 },
      write: ({ x, sum, given, hold }) => {
        const centred = hold(f32x4.subtract(x(0), given(0)));
        return { sums: [madd(centred, centred, sum(0))] };
      },
    }),
  };
}

/**
 * Batch normalisation, `y = activation((x - mean) * slope + beta)`, given mean,
 * slope and beta. Its gradient: first the sums of dy and of dy * (x - mean),
 * inputs dy and x; then `dx = dy * slope + (x - mean) * tilt + level`, inputs
 * dy and x, given mean, slope, beta, tilt and level. With the rectifier, dy
 * counts where y > 0 alone, and y is computed anew.
 */
function normalizations(madd: MultiplyAdd, activation: Activation) {
  const rectified = activation === "relu";
  const normal = (centred: Value, { given }: Entry): Value => madd(centred, given(1), given(2));
  const gradient = (e: Entry, centred: Value): Value =>
    rectified ? f32x4.and(e.x(0), f32x4.greater(normal(centred, e), f32x4.zero)) : e.x(0);
  return {
    forward: channelwise({
      ...{ inputs: 1, outputs: 1, given: 3, sums: 0 },
      write: (e) => {
        const y = normal(f32x4.subtract(e.x(0), e.given(0)), e);
        return { outputs: [rectified ? relu(y) : y] };
      },
    }),
    sums: channelwise({
      ...{ inputs: 2, outputs: 0, given: 3, sums: 2 },
      write: (e) => {
        const centred = e.hold(f32x4.subtract(e.x(1), e.given(0)));
        const dy = e.hold(gradient(e, centred));
        return { sums: [f32x4.add(e.sum(0), dy), madd(dy, centred, e.sum(1))] };
      },
    }),
    gradient: channelwise({
      ...{ inputs: 2, outputs: 1, given: 5, sums: 0 },
      write: (e) => {
        const centred = e.hold(f32x4.subtract(e.x(1), e.given(0)));
        const through = madd(centred, e.given(3), e.given(4));
        return { outputs: [madd(gradient(e, centred), e.given(1), through)] };
      },
    }),
  };
}

/** How products are computed. */
interface Arithmetic {
  readonly madd: MultiplyAdd;
  /** Heights of a tile. */
  readonly heights: readonly number[];
}

/**
 * With multiply-add in one instruction products are 1.35 times as fast. In two
 * it takes one more register, and then tiles of 6 rows, which just fit, take
 * 1.4 times as long as those of 4.
 */
const ARITHMETICS: readonly Arithmetic[] = [
  { madd: fusedMultiplyAdd, heights: [6, 4, 2, 1] },
  { madd: plainMultiplyAdd, heights: [4, 2, 1] },
];

function kernelsWith({ madd, heights }: Arithmetic) {
  const [plain, rectified] = [normalizations(madd, "none"), normalizations(madd, "relu")];
  return {
    innerProduct: innerProduct(heights, madd),
    innerProductBy4: innerProduct([4, 2, 1], madd),
    outerProduct: outerProduct(heights, madd),
    copyRows: copyRows(),
    transpose: transpose(),
    maxOfWindow: maxOfWindow(),
    maxOfWindowGrad: maxOfWindowGrad(),
    fill: fill(),
    ...entryPasses(madd),
    ...updates(madd),
    ...channelPasses(madd),
    normalize: plain.forward,
    normalizeSums: plain.sums,
    normalizeGrad: plain.gradient,
    normalizeRelu: rectified.forward,
    normalizeReluSums: rectified.sums,
    normalizeReluGrad: rectified.gradient,
  };
}

/** The names of the kernels. */
export type KernelName = keyof ReturnType<typeof kernelsWith>;

/** The kernels: each takes addresses and numbers, in the order that its file gives. */
export type Kernels = Readonly<Record<KernelName, (...numbers: readonly number[]) => void>>;

/** The kernels, and what others need to have them too. */
export interface KernelModule {
  readonly kernels: Kernels;
  /** What to make them of, on another thread. */
  readonly module: WebAssembly.Module;
  /** The memory that they work on. */
  readonly memory: WebAssembly.Memory;
}

/** Whether threads share a memory. */
export function isShared({ buffer }: WebAssembly.Memory): boolean {
  return !(buffer instanceof ArrayBuffer);
}

/** The kernels over a memory; undefined where the machine's WebAssembly has no vectors. */
export function loadKernels(memory: WebAssembly.Memory): KernelModule | undefined {
  for (const arithmetic of ARITHMETICS) {
    const bytes = assemble(kernelsWith(arithmetic), { shared: isShared(memory) });
    if (!WebAssembly.validate(bytes)) continue;
    const module = new WebAssembly.Module(bytes);
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    // The module exports its functions under these names and nothing else.
    return { kernels: exports as unknown as Kernels, module, memory };
  }
  return undefined;
}
