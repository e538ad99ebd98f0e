/**
 * Workers that decode pictures side by side. Each has one file at a time, so what is in memory are
 * as many decoded pictures as there are workers, and the views that were asked for.
 */
import { left, type Problem, refused, type Result, right } from "../fp.ts";
import { messageOf } from "../files/io_problem.ts";
import { PICTURE_KINDS } from "./picture/kinds.ts";
import type { View, ViewSize } from "./_views.ts";

export interface DecodeRequest {
  readonly id: number;
  readonly path: string;
  readonly views: readonly View[];
  readonly size: ViewSize;
}

/** What a worker answers: the views, or what is wrong with the file. */
export type DecodeAnswer =
  | { readonly id: number; readonly pixels: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly id: number; readonly problems: readonly Problem[] };

export type Decoded = Result<readonly Uint8Array[]>;

interface Job {
  readonly request: DecodeRequest;
  readonly settle: (decoded: Decoded) => void;
}

const MOST_WORKERS = 8;

/** Decodes pictures in workers, which live until the pool is disposed of. */
export class DecodePool implements Disposable {
  readonly #free: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];
  readonly #most: number;
  #next = 0;

  /** A pool of as many workers as there are cores to spare, 8 at most. */
  constructor(workers: number = Math.min(MOST_WORKERS, navigator.hardwareConcurrency)) {
    this.#most = Math.max(1, workers);
  }

  get workers(): number {
    return this.#most;
  }

  /** The views of a file; files are begun in the order in which they are asked for. */
  decode(path: string, views: readonly View[], size: ViewSize): Promise<Decoded> {
    const { promise, resolve } = Promise.withResolvers<Decoded>();
    this.#waiting.push({ request: { id: this.#next++, path, views, size }, settle: resolve });
    this.#dispatch();
    return promise;
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#free.pop() ?? (this.#busy.size < this.#most ? this.#open() : undefined);
      if (worker === undefined) return;
      const job = this.#waiting.shift() as Job;
      this.#busy.set(worker, job);
      worker.postMessage(job.request);
    }
  }

  #open(): Worker {
    const worker = new Worker(new URL("./_decode_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      this.#free.push(worker);
      job?.settle("pixels" in data ? right(data.pixels) : left(data.problems));
      this.#dispatch();
    };
    worker.onerror = (event) => {
      // A worker that died takes no other file; its file is reported as broken.
      event.preventDefault();
      const job = this.#busy.get(worker);
      this.#busy.delete(worker);
      worker.terminate();
      job?.settle(refused({ path: job.request.path, layer: "file", code: "broken-file" }, {
        rule: "the file must be one that can be decoded",
        got: messageOf(event.message),
        wanted: `a ${PICTURE_KINDS} file`,
        hint: "convert the file to PNG",
      }));
      this.#dispatch();
    };
    return worker;
  }

  /** Ends the workers; what is still asked for is never answered. */
  [Symbol.dispose](): void {
    for (const worker of [...this.#free, ...this.#busy.keys()]) worker.terminate();
    this.#free.length = 0;
    this.#busy.clear();
    this.#waiting.length = 0;
  }
}
