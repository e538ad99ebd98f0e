/**
 * A pool of threads for our own wasm kernels. Work is divided into pieces, of
 * which none reads or writes what another one writes, so that results depend
 * neither on who does a piece nor on how many threads there are. The calls of
 * a piece are written down in memory that the threads share; each takes the
 * next piece that nobody has, the thread that writes among them.
 *
 * A thread that has found nothing to do for a while sleeps. One that has not
 * started yet, or that the system keeps from running, delays nobody: the
 * others take the pieces.
 */
import type { KernelModule, KernelName, Kernels } from "./kernels.ts";
import { startThread, type Thread } from "./thread.ts";

/** Work in pieces. */
export interface Pieces {
  /** How many there are. */
  readonly count: number;
  /** Calls the kernels of one of them; `room` is where the room of its thread begins. */
  readonly each: (piece: number, kernels: Kernels, room: number) => void;
}

/** Room for each thread: where the first thread's begins, and its bytes; 0 for none. */
export interface Rooms {
  readonly address: number;
  readonly bytes: number;
}

/** A number that threads share. */
type Counter = Int32Array<SharedArrayBuffer>;

/** What threads share besides the wasm memory. */
interface Queue {
  /** How many pieces were ever written, taken and done. */
  readonly written: Counter;
  readonly taken: Counter;
  readonly done: Counter;
  /** How many threads sleep until a piece is written. */
  readonly asleep: Counter;
  /** Whether the thread that writes sleeps until a piece is done. */
  readonly awaited: Counter;
  /** Whether a kernel has failed. */
  readonly failed: Counter;
  /** Address and bytes of the rooms. */
  readonly rooms: Counter;
  /** Where the calls of each piece begin and end; pieces by their number, around and around. */
  readonly bounds: Int32Array<SharedArrayBuffer>;
  /** Calls: a kernel's number and its operands. */
  readonly calls: Float64Array<SharedArrayBuffer>;
}

type Kernel = Kernels[KernelName];

/** What a thread is given when it starts. */
export interface Given {
  readonly queue: Queue;
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Its number; that of the thread that writes is 0. */
  readonly thread: number;
}

/** Does what is written in a queue. */
interface Hand {
  /** Makes the calls between two places. */
  readonly call: (begin: number, end: number) => void;
  /** Does every piece that nobody has taken. */
  readonly work: () => void;
}

/**
 * Addresses from here on lie in the room of the thread that does a piece,
 * where threads have room; such pieces give kernels no float as large as that.
 */
const ROOM = 2 ** 32;

/** The hand of a thread. Threads get the text of this function, so it uses nothing from outside. */
function handOf(
  queue: Queue,
  kernels: readonly Kernel[],
  { thread, roomFrom }: { readonly thread: number; readonly roomFrom: number },
): Hand {
  const { written, taken, done, awaited, failed, rooms, bounds, calls } = queue;
  const mask = bounds.length / 2 - 1;
  const at = (numbers: Int32Array | Float64Array, i: number): number => numbers[i] ?? NaN;
  const operandsOf = kernels.map(({ length }) => new Array<number>(length).fill(0.5));
  const call = (begin: number, end: number): void => {
    const bytes = at(rooms, 1);
    const first = bytes > 0 ? roomFrom : Infinity;
    const move = (at(rooms, 0) >>> 0) + thread * bytes - roomFrom;
    let place = begin;
    while (place < end) {
      const number = at(calls, place++);
      const operands = operandsOf[number] ?? [];
      for (let i = 0; i < operands.length; i++) {
        const operand = at(calls, place++);
        operands[i] = operand >= first ? operand + move : operand;
      }
      kernels[number]?.(...operands);
    }
  };
  const work = (): void => {
    for (;;) {
      const piece = Atomics.load(taken, 0);
      if (piece === Atomics.load(written, 0)) return;
      if (Atomics.compareExchange(taken, 0, piece, piece + 1 | 0) !== piece) continue;
      const place = 2 * (piece & mask);
      try {
        call(at(bounds, place), at(bounds, place + 1));
      } catch {
        Atomics.store(failed, 0, 1);
      }
      Atomics.add(done, 0, 1);
      if (Atomics.load(awaited, 0) === 1) Atomics.notify(done, 0);
    }
  };
  return { call, work };
}

/** The life of a thread. Threads get the text of this function, too. */
function live(
  { queue, module, memory, thread }: Given,
  hand: typeof handOf,
  { patience, roomFrom }: { readonly patience: number; readonly roomFrom: number },
): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { work } = hand(queue, Object.values(exports) as Kernel[], { thread, roomFrom });
  const { written, taken, asleep } = queue;
  for (let idle = 0;; idle++) {
    const seen = Atomics.load(taken, 0);
    if (Atomics.load(written, 0) !== seen) {
      work();
      idle = 0;
    } else if (idle > patience) {
      Atomics.add(asleep, 0, 1);
      // Returns at once if something has been written.
      Atomics.wait(written, 0, seen);
      Atomics.sub(asleep, 0, 1);
      idle = 0;
    }
  }
}

/** How often a thread looks for work before it sleeps: about a millisecond. */
const PATIENCE = 50_000;

/** Looks for the end of others' pieces before the thread that writes sleeps, and milliseconds of sleep. */
const [WATCHES, NAP] = [5_000, 1];

/** Pieces in the queue, a power of two, and numbers for calls. */
const [MOST_PIECES, MOST_NUMBERS] = [2 ** 12, 2 ** 18];

/** With less than that left, calls are written from the front again. */
const SCARCE = 2 ** 13;

const LINE = 64;

function newQueue(): Queue {
  const counter = (): Counter => new Int32Array(new SharedArrayBuffer(LINE));
  return {
    written: counter(),
    taken: counter(),
    done: counter(),
    asleep: counter(),
    awaited: counter(),
    failed: counter(),
    rooms: counter(),
    bounds: new Int32Array(new SharedArrayBuffer(2 * MOST_PIECES * 4)),
    calls: new Float64Array(new SharedArrayBuffer(MOST_NUMBERS * 8)),
  };
}

/** Whether this thread may sleep; the first one of a page may not. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}

/** Threads over the kernels of a memory, which must be shared. */
export class Pool {
  readonly #mine: KernelModule;
  #queue = newQueue();
  #hand: Hand;
  #writers: Kernels;
  readonly #threads: Thread[] = [];
  readonly #maySleep = maySleep();
  #employed = 1;
  #place = 0;
  /** Pieces written since none was left to do; more of them have no place in the queue. */
  #pieces = 0;
  #long = false;
  #begin = 0;

  /** A pool without threads. */
  constructor(mine: KernelModule) {
    this.#mine = mine;
    this.#hand = this.#newHand();
    this.#writers = this.#newWriters();
  }

  /** How many threads are to work, the one that writes among them. */
  get employed(): number {
    return this.#employed;
  }

  /** How many threads there are, the one that writes among them. */
  get size(): number {
    return 1 + this.#threads.length;
  }

  /** Has a number of threads work; more, where there are more already and not one alone is to work. */
  employ(threads: number): void {
    const { module, memory } = this.#mine;
    while (this.size < threads) {
      const given: Given = { queue: this.#queue, module, memory, thread: this.size };
      this.#threads.push(startThread(TEXT, given));
    }
    this.#employed = threads;
  }

  /** Ends all threads but this one. They take their time, so those that follow have a queue of their own. */
  end(): void {
    for (const { end } of this.#threads.splice(0)) end();
    this.#queue = newQueue();
    this.#hand = this.#newHand();
    this.#writers = this.#newWriters();
    this.#employed = 1;
  }

  /** Does work; returns when all of it is done. */
  run({ count, each }: Pieces, { address, bytes }: Rooms): void {
    const { rooms } = this.#queue;
    rooms[0] = address;
    rooms[1] = bytes;
    try {
      for (let i = 0; i < count; i++) {
        this.#open();
        each(i, this.#writers, bytes > 0 ? ROOM : 0);
        this.#close();
      }
    } finally {
      this.#finish();
    }
    if (Atomics.exchange(this.#queue.failed, 0, 0) === 1) {
      throw new Error("A kernel of the wasm backend failed on one of its threads");
    }
  }

  #newHand(): Hand {
    const kernels = Object.values(this.#mine.kernels);
    return handOf(this.#queue, kernels, { thread: 0, roomFrom: ROOM });
  }

  #newWriters(): Kernels {
    const names = Object.keys(this.#mine.kernels);
    // `fromEntries` forgets which keys there are.
    return Object.fromEntries(names.map((name, i) => [name, this.#writer(i)])) as Kernels;
  }

  /** A kernel that is not called but written down. */
  #writer(number: number): Kernel {
    const { calls } = this.#queue;
    return (...operands) => {
      if (this.#place + operands.length >= MOST_NUMBERS) this.#callNow();
      calls[this.#place++] = number;
      for (let i = 0; i < operands.length; i++) calls[this.#place++] = operands[i] ?? NaN;
    };
  }

  /** Begins a piece. */
  #open(): void {
    const { written, done } = this.#queue;
    const left = Atomics.load(written, 0) - Atomics.load(done, 0) | 0;
    if (left === 0) this.#place = this.#pieces = 0;
    else if (this.#pieces === MOST_PIECES || MOST_NUMBERS - this.#place < SCARCE) this.#finish();
    this.#begin = this.#place;
    this.#long = false;
  }

  /** A piece that is too long for the queue is done by this thread, part by part. */
  #callNow(): void {
    this.#hand.call(this.#begin, this.#place);
    this.#place = this.#begin;
    this.#long = true;
  }

  /** Ends a piece: gives it to whoever is first. */
  #close(): void {
    if (this.#long) return this.#callNow();
    const { written, bounds, asleep } = this.#queue;
    const piece = Atomics.load(written, 0);
    const place = 2 * (piece & MOST_PIECES - 1);
    bounds[place] = this.#begin;
    bounds[place + 1] = this.#place;
    this.#pieces++;
    Atomics.store(written, 0, piece + 1 | 0);
    if (Atomics.load(asleep, 0) > 0) Atomics.notify(written, 0);
  }

  /** Works until every piece is done. */
  #finish(): void {
    const { written, done, awaited } = this.#queue;
    this.#hand.work();
    const all = Atomics.load(written, 0);
    for (let watches = 0; Atomics.load(done, 0) !== all; watches++) {
      if (watches < WATCHES || !this.#maySleep) continue;
      Atomics.store(awaited, 0, 1);
      const seen = Atomics.load(done, 0);
      if (seen !== all) Atomics.wait(done, 0, seen, NAP);
      Atomics.store(awaited, 0, 0);
    }
    this.#place = this.#pieces = 0;
  }
}

/** What a thread runs: a function of what it is given. */
const TEXT = `(given) => (${live})(given, ${handOf}, { patience: ${PATIENCE}, roomFrom: ${ROOM} })`;
