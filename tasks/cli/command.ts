/** Command lines as values. Nothing here loads the parser library. */
import type { Terms, Values } from "./term.ts";

/** A task's command line. */
export interface Command<T extends Terms = Terms> {
  /** The task's name, as in `deno task NAME`. */
  readonly name: string;
  /** What it does, in a line. */
  readonly brief: string;
  /** What else there is to say. */
  readonly footer?: string;
  /** Examples of its use. */
  readonly examples?: readonly string[];
  /** What is said when an argument that must be given is not. */
  readonly missing?: string;
  /** What it can be given. */
  readonly terms: T;
  /** What does not go together, as a sentence. */
  check?(given: Values<T>): string | undefined;
}

/** What a command gives. */
export type Given<C> = C extends Command<infer T> ? Values<T> : never;

/** A command, with the types of what it can be given. */
export function command<const T extends Terms>(own: Command<T>): Command<T> {
  return own;
}
