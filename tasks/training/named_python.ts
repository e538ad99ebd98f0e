/** The Python that a person names. */

/** The Python that `NETFOLD_PYTHON` names; undefined where it names none, or may not be read. */
export function namedPython(): string | undefined {
  try {
    return Deno.env.get("NETFOLD_PYTHON");
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
