/** Versions of what runs a training, for its configuration. */
import project from "../../deno.json" with { type: "json" };

export const VERSION: string = project.version;

/** The versions of netfold, its runtime and the libraries of its engines. */
export function versions(): Readonly<Record<string, string>> {
  const { deno, v8 } = Deno.version;
  const tfjs = pinned("@tensorflow/tfjs-core");
  return { netfold: VERSION, deno, v8, tfjs, onnxruntime: pinned("onnxruntime-common") };
}

function pinned(name: keyof typeof project.imports): string {
  return project.imports[name].split("@").at(-1) ?? "";
}
