/**
 * netfold as a contender in the benchmark, in a process of its own:
 *
 *     contender.ts NETWORK step|inference|loop ENGINE BATCH THREADS
 *
 * Each line on standard input is a number of runs and is answered by the seconds
 * that they took; `loop` takes as many steps in the training loop and then as many
 * alone, and gives the loop's time, the engine's share of it, and the time alone.
 * The first line of the output says who runs. The counterpart of peer.py.
 */
import { onnxEngine } from "../../dsl/engines/onnx/mod.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { renderProblems } from "../../dsl/problem/render.ts";
import type { Result } from "../../dsl/problem/result.ts";
import { startOf } from "./_start.ts";
import { answering, stepping, timed, timedLoop } from "./_work.ts";

const [name = "", work = "", engineName = "", size = "", threads = ""] = Deno.args;
const batch = Number(size);
const openers: Readonly<Record<string, () => Promise<Result<Engine>>>> = {
  onnx: () => onnxEngine({ threads: Number(threads) }),
  wasm: () => tfjsEngine({ backend: "wasm", threads: Number(threads) }),
  webgpu: () => tfjsEngine({ backend: "webgpu" }),
  cpu: () => tfjsEngine({ backend: "cpu" }),
};
// The benchmark has checked the name.
const opened = await (openers[engineName] ?? onnxEngine)();
if (opened._tag === "Left") {
  console.error(renderProblems(opened.left));
  Deno.exit(1);
}
const engine = opened.right;
const once = (work === "inference" ? answering : stepping)(engine, startOf(name, batch));

async function answer(runs: number): Promise<readonly number[]> {
  if (work !== "loop") return [await timed(once, runs)];
  const loop = await timedLoop(engine, { name, batch, steps: runs });
  return [loop.all, loop.work, await timed(once, runs)];
}

console.log(engine.description);
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) console.log((await answer(Number(line))).join(" "));
}
engine.dispose();
