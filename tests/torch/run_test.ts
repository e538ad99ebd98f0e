/**
 * A run that PyTorch trained is one like any other: every way of using a run
 * takes it, and its network answers what it answered in PyTorch.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { arl, chain, hourglass, mask, orThrow } from "../../mod.ts";
import { batchNorm, conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { exportOnnx } from "../../tasks/export/onnx.ts";
import { drawMasks } from "../../tasks/masks/draw.ts";
import { makePage } from "../../tasks/page/make.ts";
import { evaluate, predict } from "../../tasks/training/mod.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import type { Figures } from "../../tasks/training/measure.ts";
import { trainOnTorch } from "../../tasks/training/torch.ts";
import { png } from "../data/_pictures.ts";
import { answerOf, assertLogits, imagesFor, open, testOnnx } from "../onnx/_runs.ts";
import { withFolder } from "../files/_folder.ts";
import { findTorch, runPython, torchTest } from "./_torch.ts";
import { dataset, request, torch } from "./_training.ts";

/** A network that attends, for masks. */
const attentive = chain(
  conv(4, { kernel: 3, stride: 4 }),
  batchNorm({ momentum: 0.8 }),
  relu(),
  arl(conv("same", { kernel: 3 }), mask(hourglass({ depth: 1 }))),
  globalAveragePool(),
  dense(10),
);

/** A short run on PyTorch, and what PyTorch measured of it. */
async function withRun(work: (run: string, test: Figures) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const run = join(folder, "run");
    const { test } = orThrow(await trainOnTorch({ ...request(run), net: attentive }, torch));
    if (test === undefined) throw new TypeError("the run has no measurement");
    await work(run, test);
  });
}

const cpu = { backend: "cpu" } as const;

torchTest(
  "evaluate, predict, masks and report take a run that PyTorch trained",
  () =>
    withRun(async (run, { top1, loss }) => {
      const measured = orThrow(await evaluate(run, { dataset, ...cpu }));
      assertEquals(measured.top1, top1);
      assert(Math.abs(measured.loss - loss) < 1e-5, `${measured.loss} is not PyTorch's ${loss}`);
      const held = orThrow(await evaluate(run, { dataset, ...cpu, split: "validation" }));
      assertEquals(held.images, 32);
      const [place, views] = [join(run, "torch"), "six"] as const;
      const { stdout, stderr } = await runPython([
        ...[join(place, "train.py"), "--config", join(run, "config.json"), "--events"],
        ...["--data", join(place, "data"), "--classes", JSON.stringify(dataset.classes)],
        ...["--views", views, "--evaluate", join(run, "best.safetensors")],
        ...["--precision", "float32"],
      ]);
      const { test } = JSON.parse(stdout || stderr);
      const averaged = orThrow(await evaluate(run, { dataset, ...cpu, views }));
      assertEquals(averaged.top1, test.top1);
      assert(averaged.loss !== measured.loss && Math.abs(averaged.loss - test.loss) < 1e-5);

      const picture = join(run, "picture.png");
      await Deno.writeFile(picture, png(40, 30));
      const [seen] = orThrow(await predict(run, [picture], cpu));
      assertEquals(seen?.guesses.length, 5);
      assert(dataset.classes.includes(seen?.guesses[0]?.name ?? ""));

      const [sheet] = orThrow(await drawMasks(run, [picture], cpu));
      assertStringIncludes(sheet?.svg ?? "", "(1 + M) T");

      const options = { ...cpu, measure: false, images: [], onNote: () => {} };
      const html = orThrow(await makePage([run], options));
      assertStringIncludes(html, `${(100 * top1).toFixed(2)} % of 32 images`);
    }),
);

// Both are needed, and whichever is missing is named.
const torchAndOnnxTest = "missing" in findTorch() ? torchTest : testOnnx;

torchAndOnnxTest(
  "an ONNX file of a run that PyTorch trained has the run's logits",
  () =>
    withRun(async (run) => {
      const out = join(run, "run.onnx");
      orThrow(await exportOnnx({ source: run, out }, () => {}));
      const { checkpoint: { tensors }, plan } = await openTrained(run, {}, {});
      const { nhwc, nchw } = imagesFor(plan, 4);
      await using file = await open(await Deno.readFile(out));
      const answers = await file.run({ images: { shape: [4, 3, 32, 32], data: nchw } });
      const engine = orThrow(await tfjsEngine(cpu));
      const wanted = await answerOf(engine, plan, tensors, { batch: 4, images: nhwc });
      assertLogits(answers.get("logits"), wanted, "the file");
    }),
);
