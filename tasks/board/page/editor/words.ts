/** The words of the language as its documentation has them. `deno task generate` writes them down. */

/** A word, and what is said of it. */
export interface Word {
  readonly name: string;
  /** The first paragraph of its documentation. */
  readonly text: string;
}

/** A function that makes a network, or a part of one. */
export interface Call extends Word {
  /** How it is called: `conv(width, options)`. */
  readonly call: string;
  /** Its options, in order. */
  readonly options: readonly Word[];
}
