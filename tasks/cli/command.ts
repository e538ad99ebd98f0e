/** Command lines as values. Nothing here loads the parser library. */
import type { Terms, Values } from "./term.ts";

/** A task's command line. */
export interface Command<T extends Terms = Terms> {
  readonly name: string;
  readonly brief: string;
  readonly footer?: string;
  readonly examples?: readonly string[];
  readonly missing?: string;
  readonly terms: T;
  /** Options that a command of this kind could have and this one must not, by name, and why. */
  readonly refuses?: Readonly<Record<`--${string}`, string>>;
  /** What does not go together, as a sentence. */
  check?(given: Values<T>): string | undefined;
  /** The folder that it writes, when it writes one; of a file that is replaced the folder it is in. */
  writes?(given: Values<T>): string | undefined;
}

export type Given<C> = C extends Command<infer T> ? Values<T> : never;

/** A command, with the types of what it can be given. */
export function command<const T extends Terms>(own: Command<T>): Command<T> {
  return own;
}
