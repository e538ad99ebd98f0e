/**
 * Sums over all positions of each channel. The rows are cut into chunks and
 * the channels into tiles; a workgroup sums one chunk of one tile, and a
 * second shader sums the chunks. Neighbouring threads read neighbouring
 * channels. The library would first transpose the whole map.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import { reshape, sizeOf } from "../kernels.ts";
import { buffersOf, runShader, uniformsOf } from "./program.ts";

const THREADS = 256;
const ROWS_PER_THREAD = 8;
const MOST_WORKGROUPS = 512;

/** What is summed: terms per entry, from operands per entry and per channel. */
interface ColumnTerms {
  /** A name of its own for every different terms. */
  readonly key: string;
  /** The operands with one number per entry, by their names. */
  readonly entries: Readonly<Record<string, Tensor>>;
  /** The operands with one number per channel. */
  readonly channels?: Readonly<Record<string, Tensor>>;
  /** Statements before each chunk's loop; they may read `first`, the index of the chunk's first entry of the channel. */
  readonly prologue?: string;
  /** Statements of each entry. */
  readonly statements?: string;
  readonly terms: readonly string[];
  /** Numbers, read by their bare names. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** Sums by chunk: `sums` has the shape `[terms, chunks, channels]`. */
interface ChunkSums {
  readonly sums: Tensor;
  readonly rows: number;
  readonly chunks: number;
  readonly chunkRows: number;
}

/** Sums the terms over the rows of each chunk. */
export function sumChunks(
  { key, entries, channels: perChannel = {}, prologue = "", statements = "", terms, numbers = {} }:
    ColumnTerms,
): ChunkSums {
  const shape = Object.values(entries)[0]?.shape ?? [];
  const channels = shape[shape.length - 1] ?? 1;
  const rows = sizeOf(shape) / channels;
  const tile = channels >= 32 ? 32 : channels >= 16 ? 16 : channels >= 8 ? 8 : 4;
  const lanes = THREADS / tile;
  const tiles = Math.ceil(channels / tile);
  const wanted = Math.min(
    Math.floor(rows / (lanes * ROWS_PER_THREAD)),
    Math.ceil(MOST_WORKGROUPS / tiles),
  );
  const chunkRows = Math.ceil(rows / Math.max(1, wanted));
  const chunks = Math.ceil(rows / chunkRows);
  const each = (line: (i: number) => string): string => terms.map((_, i) => line(i)).join("\n");
  const sums = runShader({
    key: `${key} ${tile}`,
    code: `
      ${each((i) => `var<workgroup> shared${i} : array<f32, ${THREADS}>;`)}
      fn main(index : i32) {
        let tiles = (uniforms.channels + ${tile - 1}) / ${tile};
        let group = i32(workgroupId.x);
        let chunk = group / tiles;
        let local = i32(localIndex);
        let column = (group % tiles) * ${tile} + local % ${tile};
        let lane = local / ${tile};
        let start = chunk * uniforms.chunkRows;
        let end = min(start + uniforms.chunkRows, uniforms.rows);
        ${Object.keys(numbers).map((n) => `let ${n} = uniforms.${n};`).join("\n")}
        ${each((i) => `var sum${i} = 0.0;`)}
        if (column < uniforms.channels) {
          let first = start * uniforms.channels + column;
          ${Object.keys(perChannel).map((n) => `let ${n} = ${n}Buffer[column];`).join("\n")}
          ${prologue}
          for (var row = start + lane; row < end; row += ${lanes}) {
            let i = row * uniforms.channels + column;
            ${Object.keys(entries).map((n) => `let ${n} = ${n}Buffer[i];`).join("\n")}
            ${statements}
            ${each((i) => `sum${i} += ${terms[i]};`)}
          }
        }
        ${each((i) => `shared${i}[local] = sum${i};`)}
        workgroupBarrier();
        for (var half = ${lanes / 2}; half > 0; half /= 2) {
          if (lane < half) {
            ${each((i) => `shared${i}[local] += shared${i}[local + half * ${tile}];`)}
          }
          workgroupBarrier();
        }
        if (lane == 0 && column < uniforms.channels) {
          ${
      each((i) =>
        `result[(${i} * uniforms.chunks + chunk) * uniforms.channels + column] = shared${i}[local];`
      )
    }
        }
      }`,
    operands: buffersOf({ ...entries, ...perChannel }),
    uniforms: [
      ...uniformsOf("i32", { channels, rows, chunks, chunkRows }),
      ...uniformsOf("f32", numbers),
    ],
    shape: [terms.length, chunks, channels],
    lanes: 1,
    threads: THREADS,
    workgroups: tiles * chunks,
  });
  return { sums, rows, chunks, chunkRows };
}

/** Makes one number per channel of its chunks; `code` reads `column` and assigns `total`. */
export function perColumn(
  key: string,
  code: string,
  { operands, chunkSums: { sums, rows, chunks, chunkRows } }: {
    readonly operands: Readonly<Record<string, Tensor>>;
    readonly chunkSums: ChunkSums;
  },
): Tensor {
  const channels = sums.shape[2] ?? 1;
  return runShader({
    key,
    code: `
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        let column = index;
        var total = 0.0;
        ${code}
        result[index] = total;
      }`,
    operands: { sums, ...operands },
    uniforms: uniformsOf("i32", { channels, rows, chunks, chunkRows }),
    shape: [channels],
    lanes: 1,
    threads: 64,
  });
}

/** Term `i` summed over all chunks: `[channels]`. */
export function totalOf(chunkSums: ChunkSums, i: number): Tensor {
  const [terms, chunks, channels = 1] = chunkSums.sums.shape;
  if (terms === 1 && chunks === 1) return reshape(chunkSums.sums, [channels]);
  return perColumn(
    `total of term ${i}`,
    `for (var chunk = 0; chunk < uniforms.chunks; chunk++) {
       total += sums[(${i} * uniforms.chunks + chunk) * uniforms.channels + column];
     }`,
    { operands: {}, chunkSums },
  );
}
