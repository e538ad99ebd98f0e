/** Trains in memory where there is no Deno, and writes what came of it as JSON. */
import { chain, orThrow } from "@netfold/netfold";
import { folder, loadDataset, shapes } from "@netfold/netfold/data";
import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
import { tfjsEngine } from "@netfold/netfold/tfjs";
import { fit, predict, train } from "@netfold/netfold/train";

const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
const data = orThrow(shapes({ count: 40, testCount: 16 }));
const net = chain(conv(4, { stride: 4 }), relu(), globalAveragePool(), dense(10));
const recipe = { epochs: 2, batch: 16, validation: 8 };
const fitted = orThrow(await fit({ net, data, engine, recipe }));
const answers = orThrow(await predict(fitted.checkpoint, data, { engine }));
const refusals = [
  await train({ net, data, engine, recipe }, { log: false }),
  await predict("runs/first", data, { engine }),
  await loadDataset("cifar10"),
  await folder("pictures"),
];
console.log(JSON.stringify({
  epochs: fitted.epochs.length,
  answers: answers.length,
  refused: refusals.map((result) => result._tag === "Left" ? result.left[0]?.code : "nothing"),
}));
