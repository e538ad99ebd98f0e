/**
 * What a notebook and a console show of a value. Deno's Jupyter kernel asks a
 * value for `Symbol.for("Jupyter.display")`, which gives texts by MIME type, and
 * `console.log` for `Symbol.for("Deno.customInspect")`.
 */

/** The method that a notebook asks for. */
export const DISPLAY: unique symbol = Symbol.for("Jupyter.display");
/** The method that a console asks for. */
export const INSPECT: unique symbol = Symbol.for("Deno.customInspect");

/** Texts by MIME type. */
export type Pictured = Readonly<Record<string, string>>;

/** Something that shows itself: rich in a notebook, as text in a console. */
export interface Shown {
  /** What a notebook shows, by MIME type. */
  readonly [DISPLAY]: () => Pictured;
  /** What a console shows. */
  readonly [INSPECT]: () => string;
}

/** Something that shows itself so. */
export function shown(pictured: Pictured, text: string): Shown {
  const plain = text.trimEnd();
  return {
    [DISPLAY]: () => ({ "text/plain": plain, ...pictured }),
    [INSPECT]: () => plain,
  };
}
