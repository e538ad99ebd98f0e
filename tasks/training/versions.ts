/** Versions of what runs a training, for its configuration. */
import { defined } from "../../dsl/problem/defined.ts";
import { IN_DENO } from "../files/io_problem.ts";
import project from "../../deno.json" with { type: "json" };

export const VERSION: string = project.version;

/** The versions of netfold, its runtime and the libraries of its engines. */
export function versions(): Readonly<Record<string, string>> {
  const tfjs = pinned("@tensorflow/tfjs-core");
  const { deno, v8 } = IN_DENO ? Deno.version : {};
  const runtime = defined({ deno, v8 });
  return { netfold: VERSION, ...runtime, tfjs, onnxruntime: pinned("onnxruntime-common") };
}

function pinned(name: keyof typeof project.imports): string {
  return project.imports[name].split("@").at(-1) ?? "";
}
