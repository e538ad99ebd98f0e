/** Exit codes, and the way to leave a task from deep within. */

/** What a task's exit code means. */
export const EXIT = {
  /** It did what it was asked to. */
  done: 0,
  /** It could not, and has said why. */
  failed: 1,
  /** It did not understand its command line. */
  usage: 2,
  /** It has a fault. */
  fault: 70,
  /** Ctrl-C ended it. */
  interrupted: 130,
} as const;

/** Thrown to end a task that has said all there is to say. */
export class Exit extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.name = "Exit";
    this.code = code;
  }
}
