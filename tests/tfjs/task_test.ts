/** `deno task export --format tfjs`, as a shell runs it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import { loadCheckpoint } from "../../tasks/training/mod.ts";
import { orThrow, plan } from "../../mod.ts";
import { run, withTasks } from "../tasks/_task.ts";
import { bands, engine, tinyNet, trainTiny } from "../training/_runs.ts";
import { namesIn } from "../files/_folder.ts";
import { answerOf, assertLogits, imagesFor } from "../_logits.ts";
import { predict } from "./_graph_model.ts";

Deno.test("a run becomes a folder that TensorFlow.js loads from its place, with classes and normalisation", async () => {
  await withTasks(async (folder) => {
    await trainTiny(join(folder, "run"));
    const { code, stdout, stderr } = await run(folder, "export", "run", "--format=tfjs");
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "run-tfjs holds model.json and its weights in a file");
    assertEquals(await namesIn(join(folder, "run-tfjs")), ["group1-shard1of1.bin", "model.json"]);
    await tf.setBackend("cpu");
    const address = toFileUrl(join(folder, "run-tfjs/model.json")).href;
    const model = await tf.loadGraphModel(tf.io.http(address));
    const planned = orThrow(plan(tinyNet(), [8, 8, 3]));
    const best = orThrow(await loadCheckpoint(join(folder, "run/best.safetensors")));
    const images = imagesFor(planned, 2).nhwc;
    const wanted = await answerOf(engine, planned, best.tensors, { batch: 2, images });
    assertLogits(predict(model, images, [2, 8, 8, 3]), wanted, "the run", 1e-5);
    const metadata = JSON.parse(JSON.stringify(model.metadata));
    assertEquals([metadata.classes, metadata.name], [bands.classes, "network"]);
    assert(["per-channel", "per-pixel-mean"].includes(metadata.normalisation.kind));
    model.dispose();
  });
});

Deno.test("options of other formats are refused", async () => {
  await withTasks(async (folder) => {
    const args = ["cifar/attention-20", "--format=tfjs", "--layout=nchw"];
    const { code, stderr } = await run(folder, "export", ...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "--layout belongs to --format onnx, and the format is tfjs");
    assertEquals(await namesIn(folder), []);
  });
});
