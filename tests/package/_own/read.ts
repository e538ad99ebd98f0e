/** Reads the network in every way: gradients of two engines, an interpreter, ONNX, a diagram, PyTorch. */
import { diagram, foldPlan, initialParameters, initialState, orThrow } from "@netfold/netfold";
import { shapes } from "@netfold/netfold/data";
import { onnxEngine, toOnnx } from "@netfold/netfold/onnx";
import { tfjsEngine } from "@netfold/netfold/tfjs";
import { torchModule } from "@netfold/netfold/torch";
import { input, language, net, planned } from "./language.ts";
import { batchAt, gradientProgram } from "./step.ts";

const { train } = orThrow(shapes({ count: 8, testCount: 10 }));
const parameters = initialParameters(planned, 1);
const graph = gradientProgram();
const engines = [orThrow(await onnxEngine()), orThrow(await tfjsEngine({ backend: "wasm" }))];
const [first = {}, second = {}] = await Promise.all(engines.map(async (engine) => {
  const program = engine.load(graph);
  const { outputs } = program.run(
    engine.upload(initialState(graph, parameters)),
    batchAt(0, train),
  );
  const read = Object.entries(outputs).map(async ([name, read]) => [name, await read()] as const);
  return Object.fromEntries(await Promise.all(read));
}));

let worst = 0;
for (const [name, gradient] of Object.entries(first)) {
  const other = second[name] ?? new Float32Array();
  const largest = Math.max(1e-3, ...gradient.map(Math.abs));
  gradient.forEach((slope, i) => {
    worst = Math.max(worst, Math.abs(slope - (other[i] ?? NaN)) / largest);
  });
}

/** An interpreter: the network as a formula. */
const formula = foldPlan<string>(planned, {
  layer: ({ layer }) => layer.type,
  chain: (parts) => parts.join(" "),
  fork: (branches, { merge }) => `${merge}(${branches.join(", ")})`,
});

const module = torchModule(net, input, { language });
console.log(JSON.stringify({
  gradients: Object.keys(first).length,
  worst,
  slopes: Math.max(...(first["stem.prelu1.slope"] ?? []).map(Math.abs)) > 0,
  formula,
  onnx: orThrow(toOnnx(planned, parameters, { net })).length,
  diagram: await diagram(planned, { format: "mermaid" }),
  problems: module._tag === "Left" ? module.left : [],
}));
