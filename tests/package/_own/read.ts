/** Reads the network in every way: gradients of two engines, an interpreter, ONNX, a diagram, PyTorch. */
import {
  diagram,
  eachParameter,
  type Engine,
  foldPlan,
  initialParameters,
  initialState,
  orThrow,
  trainingStep,
} from "@netfold/netfold";
import { batches, perChannel } from "@netfold/netfold/data";
import { onnxEngine, toOnnx } from "@netfold/netfold/onnx";
import { tfjsEngine } from "@netfold/netfold/tfjs";
import { torchModule } from "@netfold/netfold/torch";
import { input, language, net, planned } from "./language.ts";
import { dataset, loss } from "./step.ts";

/** An optimiser that keeps every gradient and changes nothing. */
const observer = eachParameter({
  kind: "seen",
  update: (_, { value, gradient, keep }) => {
    keep("gradient", gradient);
    return value;
  },
});

const parameters = initialParameters(planned, 1);
const graph = trainingStep(planned, { batch: 8, optimizer: observer, loss });
const normalization = orThrow(perChannel(dataset.train));
const order = { size: 8, classes: 10, key: [0, 1], epoch: 0, normalization } as const;
const [batch] = orThrow(batches(dataset.train, order));
const { images = new Float32Array(), targets = new Float32Array() } = batch ?? {};

/** The gradients on an engine, by parameter. */
async function gradientsOn(engine: Engine): Promise<ReadonlyMap<string, Float32Array>> {
  const state = engine.upload(initialState(graph, parameters));
  const { state: next } = engine.load(graph).run(state, {
    images,
    targets,
    rate: Float32Array.of(0),
  });
  const kept = [...await engine.download(next)].filter(([name]) => name.startsWith("@seen"));
  return new Map(kept.map(([name, { data }]) => [name.split("/")[1] ?? "", data]));
}

const onnx = await gradientsOn(orThrow(await onnxEngine()));
const wasm = await gradientsOn(orThrow(await tfjsEngine({ backend: "wasm", threads: 2 })));
const differences = [...onnx].map(([path, gradient]) => {
  const largest = Math.max(1e-3, ...gradient.map(Math.abs));
  return Math.max(...gradient.map((x, i) => Math.abs(x - (wasm.get(path)?.[i] ?? NaN)))) / largest;
});

/** An interpreter: the network as a formula. */
const formula = foldPlan<string>(planned, {
  layer: ({ layer }) => layer.type,
  chain: (parts) => parts.join(" "),
  fork: (branches, { merge }) => `${merge}(${branches.join(", ")})`,
});

const module = torchModule(net, input, { language });
console.log(JSON.stringify({
  gradients: onnx.size,
  worst: Math.max(...differences),
  slopes: Math.max(...(onnx.get("stem.sloped1.slope") ?? []).map(Math.abs)) > 0,
  formula,
  onnx: orThrow(toOnnx(planned, parameters, { net })).length,
  diagram: await diagram(planned, { format: "mermaid" }),
  problems: module._tag === "Left" ? module.left : [],
}));
