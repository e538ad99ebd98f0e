/**
 * netfold as a contender in the benchmark, in a process of its own:
 *
 *     contender.ts NETWORK step|inference|loop ENGINE BATCH THREADS
 *
 * Each line on standard input is a number of runs and is answered by the seconds
 * that they took, of a loop also by those of the engine; the first line of the
 * output says who runs. The counterpart of peer.py.
 */
import { onnxEngine } from "../../dsl/engines/onnx/mod.ts";
import { tfjsEngine, type TfjsOptions } from "../../dsl/engines/tfjs/mod.ts";
import { orThrow } from "../../dsl/problem.ts";
import { startOf } from "./_start.ts";
import { answerer, stepper, timeLoop } from "./_work.ts";

const [name = "", work = "", engineName = "", size = "", threads = ""] = Deno.args;
const batch = Number(size);
const engine = orThrow(
  await (engineName === "onnx"
    ? onnxEngine({ threads: Number(threads) })
    // A name that there is not is refused by the engine.
    : tfjsEngine({ backend: engineName as TfjsOptions["backend"] })),
);

/** Times runs of what is done again and again. */
function timed(run: () => Promise<void>): (runs: number) => Promise<string> {
  return async (runs) => {
    const start = performance.now();
    for (let i = 0; i < runs; i++) await run();
    return `${(performance.now() - start) / 1000}`;
  };
}

async function loop(steps: number): Promise<string> {
  const times = await timeLoop(engine, { name, batch, steps });
  return `${times.loop} ${times.engine}`;
}

const answer = work === "loop"
  ? loop
  : timed((work === "step" ? stepper : answerer)(engine, startOf(name, batch)));
console.log(engine.description);
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) console.log(await answer(Number(line)));
}
engine.dispose();
