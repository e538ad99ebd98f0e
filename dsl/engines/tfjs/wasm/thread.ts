/**
 * Threads that run a text: workers of `node:worker_threads` where there are
 * some (in Deno a program may end while they live, which one with a worker of
 * the web's may not), else those of the web.
 */

/** A thread. */
export interface Thread {
  /** Ends it, whatever it does. */
  readonly end: () => void;
}

/** What is used of `node:worker_threads`. */
interface Threads {
  readonly Worker: new (text: string, options: {
    readonly eval: true;
    readonly workerData: unknown;
  }) => {
    readonly unref: () => void;
    readonly terminate: () => unknown;
  };
}

interface Process {
  readonly getBuiltinModule?: (name: string) => unknown;
}

/** Starts a thread that calls a function, which is given as its text and uses nothing from outside. */
export function startThread(text: string, given: unknown): Thread {
  const { process } = globalThis as { readonly process?: Process };
  const threads = process?.getBuiltinModule?.("node:worker_threads") as Threads | undefined;
  if (threads !== undefined) {
    const source = `(${text})(require("node:worker_threads").workerData)`;
    const worker = new threads.Worker(source, { eval: true, workerData: given });
    worker.unref();
    return { end: () => void worker.terminate() };
  }
  const source = `onmessage = ({ data }) => (${text})(data)`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.postMessage(given);
  return {
    end: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
