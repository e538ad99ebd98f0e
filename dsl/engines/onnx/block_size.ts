/**
 * How many channels a block has on this processor: as many as its vectors hold.
 * The runtime does not say, so a small convolution is computed with each size
 * and compared with one without blocks; another size gives other numbers.
 */
import type { Graph } from "../../graph/graph.ts";
import { ProblemError } from "../../problem/throw.ts";
import { sizeOf } from "../../net/shape.ts";
import { emit } from "../../interpreters/onnx/emit.ts";
import { Session, type SessionHost } from "./session.ts";

const SIZES = [16, 8, 4] as const;
const CHANNELS = 32;
const TOLERANCE = 1e-4;

const GRAPH: Graph = {
  name: "block size",
  shapes: [[1, 3, 3, CHANNELS], [3, 3, CHANNELS, CHANNELS], [1, 3, 3, CHANNELS]],
  inputs: [{ name: "x", value: 0 }, { name: "kernel", value: 1 }],
  state: [],
  nodes: [{
    op: {
      op: "conv2d",
      activation: "none",
      stride: [1, 1],
      padding: [1, 1, 1, 1],
      dilation: [1, 1],
      groups: 1,
    },
    inputs: [0, 1],
    results: [2],
    origin: "",
  }],
  outputs: [{ name: "y", value: 2 }],
};

/** The channels of a block; 0 where the runtime has no blocks, or computes something else with them. */
export async function blockSize(host: SessionHost): Promise<number> {
  const wanted = await convolved(host, 0);
  for (const block of SIZES) {
    const got = await convolved(host, block).catch((error: unknown) => {
      if (error instanceof ProblemError) return undefined;
      throw error;
    });
    if (got === undefined) return 0;
    if (got.every((value, i) => Math.abs(value - (wanted[i] ?? NaN)) < TOLERANCE)) return block;
  }
  return 0;
}

/** The convolution of fixed numbers, with blocks of that size. */
async function convolved(host: SessionHost, block: number): Promise<Float32Array> {
  const session = await Session.open(host, emit(GRAPH, { own: true, block }));
  try {
    const [x = [], kernel = [], y = []] = GRAPH.shapes;
    const result = numbers(y, 0);
    await session.run({
      x: { shape: x, data: numbers(x, 0.37) },
      kernel: { shape: kernel, data: numbers(kernel, 0.73) },
    }, { y: { shape: y, data: result } });
    return result;
  } finally {
    await session.close();
  }
}

/** Numbers between -1 and 1 that do not repeat soon. */
function numbers(shape: readonly number[], pace: number): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i * pace));
}
