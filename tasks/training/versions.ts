/** Versions of what runs a training, for its configuration. */
import project from "../../deno.json" with { type: "json" };

/** netfold's own version. */
export const VERSION: string = project.version;

/** The versions of netfold, its runtime and its tensor library. */
export function versions(): Readonly<Record<string, string>> {
  const tfjs = project.imports["@tensorflow/tfjs-core"].split("@").at(-1) ?? "";
  return { netfold: VERSION, deno: Deno.version.deno, v8: Deno.version.v8, tfjs };
}
