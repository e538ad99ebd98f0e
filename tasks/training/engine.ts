/** The engine of a task: the one that it was given, or one of its own on the backend it names. */
import type { Engine } from "../../dsl/engines/engine.ts";
import { tfjsEngine, type TfjsOptions } from "../../dsl/engines/tfjs/mod.ts";
import { orThrow } from "../../dsl/problem.ts";
import { fail, type Result } from "../../dsl/result.ts";
import { closest } from "../../dsl/suggest.ts";

const BACKENDS: readonly TfjsOptions["backend"][] = ["auto", "webgpu", "wasm", "cpu"];

/** Loads an engine; the name may come from a file, and one that there is not is a problem. */
async function openEngine(name: string): Promise<Result<Engine>> {
  const backend = BACKENDS.find((known) => known === name);
  if (backend !== undefined) return await tfjsEngine({ backend });
  return fail({
    path: "backend",
    layer: "option",
    rule: "there is no backend of this name",
    got: JSON.stringify(name),
    wanted: BACKENDS.join(", "),
    hint: closest(name, BACKENDS, ""),
  });
}

/**
 * Works with an engine on a backend, which is disposed of at the end, or with
 * the one that is given, which is not.
 *
 * @throws {ProblemError} When the backend cannot be had.
 */
export async function withEngine<A>(
  { backend, engine: given }: { readonly backend: string; readonly engine?: Engine | undefined },
  work: (engine: Engine) => Promise<A>,
): Promise<A> {
  if (given !== undefined) return await work(given);
  const engine = orThrow(await openEngine(backend));
  try {
    return await work(engine);
  } finally {
    engine.dispose();
  }
}
