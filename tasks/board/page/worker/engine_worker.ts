/** The worker as the page has it. Its script is loaded when the first one is made. */
import type { Problem } from "../../../../dsl/problem/problem.ts";
import type { Asked, Backend } from "./messages.ts";

/** Where its script is. */
const SCRIPT = "engine.js";

/** What is told when there is no worker. */
interface Failed {
  readonly kind: "problems";
  readonly problems: readonly Problem[];
}

/** A worker that tells an `A` whenever there is something to tell. */
export class EngineWorker<A> {
  readonly #worker = new Worker(SCRIPT, { type: "module" });

  /** Starts it; it computes on a backend. */
  constructor(backend: Backend, tell: (told: A | Failed) => void) {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<A>) => tell(data));
    this.#worker.addEventListener(
      "error",
      ({ message }) => tell({ kind: "problems", problems: [notLoaded(message)] }),
    );
    this.ask({ kind: "engine", backend });
  }

  /** Asks for something, after what was asked before. */
  ask(asked: Asked): void {
    this.#worker.postMessage(asked);
  }

  /** Ends it at once, which gives back all that its engine holds. */
  end(): void {
    this.#worker.terminate();
  }
}

function notLoaded(got: string | undefined): Problem {
  return {
    path: SCRIPT,
    layer: "engine",
    code: "no-answer",
    rule: "the engine is loaded from where the board is",
    got: got || "no answer",
    wanted: "its script",
    hint: "see that the board is still there, and try again",
  };
}
