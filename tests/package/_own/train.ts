/** Trains in a run folder with every step saved, or resumes the run, and prints what it comes to. */
import { orThrow } from "@netfold/netfold";
import { evaluate, loadCheckpoint, resume, train } from "@netfold/netfold/train";
import { language, net } from "./language.ts";
import { dataset, loss, optimizer, schedule } from "./step.ts";

const [name = "", out = "", how = ""] = Deno.args;
const choice = name === "onnx"
  ? { engine: "onnx", threads: 1 } as const
  : { engine: "tfjs", backend: "wasm" } as const;
const watch = {
  saveEvery: 0,
  onStep: (at: { readonly step: number }) => console.log(`step ${at.step} `),
};
const recipe = { epochs: 2, batch: 20, validation: 40, labelSmoothing: 0, rate: 0.003 };
const own = { loss, optimizer };
const run = how === "resume"
  ? await resume(out, { ...watch, ...own, ...choice, dataset, language })
  : await train(
    { net, language, data: dataset, out, recipe: { ...recipe, ...own, schedule }, ...choice },
    watch,
  );
const { epochs, test } = orThrow(run);
const { tensors } = orThrow(await loadCheckpoint(`${out}/last.safetensors`, { language }));
const weights = [...tensors].map(([path, { data }]) => [path, [...data]] as const);
const { loss: measured } = orThrow(await evaluate(out, { ...choice, dataset, language }));
console.log(JSON.stringify({
  losses: epochs.map(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]),
  same: measured === test?.loss,
  weights,
}));
