/** Engines against the float64 reference. */
import type { Engine, RunResult } from "../../dsl/engines/engine.ts";
import { runReference } from "../_reference.ts";
import type { Case } from "./_case.ts";

/**
 * How far a float32 result may be from the float64 one, relative to the
 * largest entry of the right result. Sums of some hundred terms stay a factor
 * of five or more below it.
 */
export const TOLERANCE = 2e-5;

/** The largest error relative to the largest right number; Infinity when a number is NaN or missing. */
export function relativeError(
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
): number {
  if (got.length !== wanted.length) return Infinity;
  let largest = 1e-2;
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) {
    const right = wanted[i] ?? NaN;
    const error = Math.abs((got[i] ?? NaN) - right);
    largest = Math.max(largest, Math.abs(right));
    worst = error <= worst ? worst : Number.isNaN(error) ? Infinity : error;
  }
  return worst / largest;
}

/** Reads every output. */
export async function readAll(
  { outputs }: RunResult,
): Promise<Readonly<Record<string, Float32Array>>> {
  return Object.fromEntries(
    await Promise.all(
      Object.entries(outputs).map(async (
        [name, read],
      ) => [name, await read()] as const),
    ),
  );
}

/** Runs a stateless case on an engine; gives every output that is off. */
export async function faults(
  engine: Engine,
  { name, graph, inputs }: Case,
): Promise<readonly string[]> {
  const wanted = runReference(graph, {}, inputs).outputs;
  const program = engine.load(graph);
  const state = engine.upload(new Map());
  try {
    const result = program.run(state, inputs);
    engine.free(result.state);
    const got = await readAll(result);
    return Object.entries(wanted).flatMap(([output, numbers]) => {
      const error = relativeError(got[output] ?? [], numbers);
      if (error <= TOLERANCE) return [];
      return [`${name}, ${output}: relative error ${error.toPrecision(3)}`];
    });
  } catch (error) {
    return [`${name}: ${error}`];
  } finally {
    engine.free(state);
    program.dispose();
  }
}
