/** Every operation that TensorFlow has operators for, in plain TensorFlow.js against the float64 reference. */
import { assertEquals } from "@std/assert";
import { emit, withoutOperator } from "../../dsl/interpreters/tfjs/emit.ts";
import { encode } from "../../dsl/interpreters/tfjs/encode.ts";
import { CASES } from "../engines/_cases.ts";
import { relativeError, TOLERANCE } from "../engines/_compare.ts";
import { runReference } from "../_reference.ts";
import { execute, load } from "./_graph_model.ts";

const FOREIGN = [
  "accuracy",
  "adamw",
  "averagePoolGrad",
  "batchNormGrad",
  "batchNormTrain",
  "conv2dFilterGrad",
  "dropoutMask",
  "geluGrad",
  "globalAverageGrad",
  "l2NormalizeGrad",
  "maxPoolGrad",
  "reluGrad",
  "resizeBilinearGrad",
  "sgd",
  "sigmoidGrad",
  "softmaxCrossEntropy",
  "softmaxCrossEntropyGrad",
  "softmaxGrad",
  "standardizeGrad",
];

Deno.test("every operation of inference computes what the reference does", async () => {
  const found: string[] = [];
  const foreign = new Set<string>();
  for (const [op, cases] of Object.entries(CASES)) {
    for (const { name, graph, inputs } of cases) {
      const [none] = withoutOperator(graph);
      if (none !== undefined) {
        if (none.op.op !== "conv2dInputGrad") foreign.add(op);
        continue;
      }
      const [wanted = []] = Object.values(runReference(graph, {}, inputs).outputs);
      const described = { generatedBy: "a test", metadata: {} };
      const model = await load(encode(emit(graph, new Map()), described, false));
      const [got = []] = execute(model, inputs);
      model.dispose();
      const error = relativeError(got, wanted);
      if (!(error <= TOLERANCE)) found.push(`${op}, ${name}: relative error ${error}`);
    }
  }
  assertEquals(found, []);
  assertEquals([...foreign].sort(), FOREIGN);
});
