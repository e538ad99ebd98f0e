/**
 * A user's afternoon: a network learns procedural images on every engine and a folder of pictures, is
 * measured, asked, drawn and written for other programs. Prints what it comes to as JSON.
 */
import { arl, chain, diagram, orThrow, plan } from "@netfold/netfold";
import { shapes } from "@netfold/netfold/data";
import { conv, dense, globalAveragePool, relu, sigmoid } from "@netfold/netfold/layers";
import { toOnnx } from "@netfold/netfold/onnx";
import { publish, runStudy, study } from "@netfold/netfold/study";
import { torchModule } from "@netfold/netfold/torch";
import { drawMasks, evaluate, loadCheckpoint, predict, train } from "@netfold/netfold/train";

const netFor = (classes: number) =>
  chain(
    conv(4, { kernel: 3, stride: 4 }),
    relu(),
    arl(conv("same"), chain(conv("same"), sigmoid())),
    globalAveragePool(),
    dense(classes),
  );
const net = netFor(10);
const dataset = orThrow(shapes({ count: 40, testCount: 10 }));
const recipe = { epochs: 1, batch: 8, validation: 8 };

/** The engines that are asked for by name, each as options. */
const engines = {
  cpu: { backend: "cpu" },
  wasm: { backend: "wasm", threads: 2 },
  onnx: { engine: "onnx", threads: 1 },
} as const;
const losses: Record<string, number | undefined> = {};
for (const [name, engine] of Object.entries(engines)) {
  const out = `runs/${name}`;
  const run = orThrow(await train({ net, data: dataset, out, recipe, ...engine }));
  const measured = orThrow(await evaluate(out, { dataset, ...engine }));
  losses[name] = measured.loss === run.test?.loss ? measured.loss : undefined;
}

// Pictures, which worker threads of netfold's own decode.
const pictures = { net: netFor(2), data: "folder:pictures,size=32", out: "runs/pictures" };
const few = { ...recipe, batch: 2, validation: 2 };
orThrow(await train({ ...pictures, recipe: few, backend: "cpu" }));
const [guess] = orThrow(
  await predict("runs/pictures", ["pictures/train/red/0.png"], { backend: "cpu" }),
);
const [sheet] = orThrow(await drawMasks("runs/cpu", ["0"], { dataset, backend: "cpu" }));

// One of the paper's comparisons, with arms as small as this network.
const paper = study("mask", { scale: "tiny" });
const small = { epochs: 1, steps: 2, batch: 8, limit: 16, validation: 0 };
const arms = paper.arms.map((arm) => ({
  ...arm,
  ...{ net, data: "shapes", recipe: { ...arm.recipe, ...small } },
}));
const comparison = { ...paper, arms, scale: { ...paper.scale, testImages: 10 } };
const given = { study: comparison, folder: "runs/study", seeds: 1, backend: "cpu" } as const;
orThrow(await runStudy(given, { datasets: new Map([["shapes", dataset]]) }));
const { files } = orThrow(await publish(comparison, "runs/study", { seeds: 1, png: true }));

const best = orThrow(await loadCheckpoint("runs/wasm/best.safetensors"));
const learnt = orThrow(plan(best.net, best.input));
console.log(JSON.stringify({
  losses,
  classes: guess?.guesses.map(({ name }) => name).sort(),
  files,
  sheet: sheet?.svg.startsWith("<svg"),
  svg: (await diagram(learnt, { format: "svg" })).includes("<svg"),
  onnx: orThrow(toOnnx(learnt, best.tensors, { net: best.net })).length,
  torch: orThrow(torchModule(net, [32, 32, 3])).includes("class "),
}));
