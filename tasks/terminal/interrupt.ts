/**
 * Stopping in good order: the first Ctrl-C (or SIGTERM) asks the loop to
 * finish its step and save; another one later ends the process at once.
 */

/** A wish to stop that a loop can ask about. */
export interface Interrupt extends Disposable {
  /** Whether someone has asked to stop. Signals arrive only while the event loop turns. */
  readonly requested: boolean;
  /** Lets the event loop turn now and then, so that signals arrive, and says whether someone has asked to stop. */
  readonly poll: () => Promise<boolean>;
  /** Gives the signals back: Ctrl-C ends the process again. */
  readonly dispose: () => void;
}

/** What an interrupt needs of the system; `Deno` is one. */
export interface Signals {
  addSignalListener(signal: Deno.Signal, handler: () => void): void;
  removeSignalListener(signal: Deno.Signal, handler: () => void): void;
  exit(code: number): void;
}

/** Milliseconds within which signals are one wish: a terminal sends Ctrl-C to this process, and `deno task` passes it on. */
const ONE_WISH_MS = 500;

/** The exit code of a process that a Ctrl-C ended. */
export const INTERRUPTED = 130;

const TURN_MS = 50;

/** What to say on the first Ctrl-C. */
export const INTERRUPT_NOTICE =
  "finishing this step, then saving; press Ctrl-C again to stop at once";

/**
 * Watches for Ctrl-C. `handler` is called on the first one; dispose of the
 * interrupt when the loop has ended. `now` is a clock, in milliseconds.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { onInterrupt } from "./interrupt.ts";
 *
 * using interrupt = onInterrupt(() => console.error("stopping"));
 * let steps = 0;
 * while (steps < 3 && !(await interrupt.poll())) steps++;
 * assertEquals(steps, 3);
 * ```
 */
export function onInterrupt(
  handler: () => void,
  system: Signals = Deno,
  now: () => number = () => performance.now(),
): Interrupt {
  // Windows has no SIGTERM to listen to.
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  let requested = false;
  let requestedAt = -Infinity;
  let turnedAt = -Infinity;
  const listener = (): void => {
    if (requested) {
      if (now() - requestedAt > ONE_WISH_MS) system.exit(INTERRUPTED);
      return;
    }
    requested = true;
    requestedAt = now();
    handler();
  };
  for (const signal of signals) system.addSignalListener(signal, listener);
  const dispose = (): void => {
    for (const signal of signals.splice(0)) {
      system.removeSignalListener(signal, listener);
    }
  };
  return {
    get requested(): boolean {
      return requested;
    },
    poll: async () => {
      if (now() - turnedAt >= TURN_MS) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        turnedAt = now();
      }
      return requested;
    },
    dispose,
    [Symbol.dispose]: dispose,
  };
}
