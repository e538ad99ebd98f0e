/** Trains for 30 steps on an engine and saves every step; resumes what is saved. */
import { initialParameters, initialState, orThrow } from "@netfold/netfold";
import { shapes } from "@netfold/netfold/data";
import { onnxEngine } from "@netfold/netfold/onnx";
import { tfjsEngine } from "@netfold/netfold/tfjs";
import { planned } from "./language.ts";
import { batchAt, lionProgram, rateAt } from "./step.ts";

const STEPS = 30;
const [name = "", file = ""] = Deno.args;
const { train } = orThrow(shapes({ count: 120, testCount: 10 }));
const engine = orThrow(
  name === "onnx" ? await onnxEngine({ threads: 1 }) : await tfjsEngine({ backend: "wasm" }),
);
const graph = lionProgram();
const program = engine.load(graph);

interface Saved {
  readonly step: number;
  readonly tensors: readonly (readonly [string, readonly number[], readonly number[]])[];
}

const saved: Saved | undefined = await Deno.readTextFile(file).then(JSON.parse, () => undefined);
let state = engine.upload(
  saved === undefined ? initialState(graph, initialParameters(planned, 1)) : new Map(
    saved.tensors.map(([name, shape, data]) => [name, { shape, data: Float32Array.from(data) }]),
  ),
);
for (let step = saved?.step ?? 0; step < STEPS; step++) {
  const rate = Float32Array.of(rateAt(step, STEPS));
  const { outputs, state: next } = program.run(state, { ...batchAt(step, train), rate });
  const loss = (await outputs.loss?.())?.[0];
  engine.free(state);
  state = next;
  const tensors = [...await engine.download(state)].map((
    [name, { shape, data }],
  ) => [name, shape, [...data]]);
  await Deno.writeTextFile(`${file}.new`, JSON.stringify({ step: step + 1, tensors }));
  await Deno.rename(`${file}.new`, file);
  console.log(`step ${step + 1} loss ${loss}`);
}
