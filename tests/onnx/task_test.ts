/** `deno task export`, as a shell runs it with the permissions that it has. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { chain, orThrow, type Plan, plan } from "../../mod.ts";
import { conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { inference } from "../../dsl/programs/inference.ts";
import { loadCheckpoint, saveCheckpoint } from "../../tasks/training/mod.ts";
import { decodeSafetensors } from "../../tasks/files/safetensors.ts";
import { engine, tinyNet, trainTiny } from "../training/_runs.ts";
import { namesIn } from "../files/_folder.ts";
import { run as runTask, withTasks } from "../tasks/_task.ts";
import { readModel } from "./_read_model.ts";
import { assertLogits, imagesFor, open, testOnnx } from "./_runs.ts";

/** Runs the task in a folder. */
const run = (folder: string, ...args: readonly string[]) => runTask(folder, "export", ...args);

const onnx = ["--format", "onnx"];

Deno.test("export writes a network under its name and says that it has learnt nothing", async () => {
  await withTasks(async (folder) => {
    const { code, stdout, stderr } = await run(folder, "cifar/attention-20", ...onnx, "--seed=3");
    assertEquals([code, stderr], [
      0,
      "note: the weights are initial ones, from seed 3: nothing is learnt yet\n",
    ]);
    assert(/^cifar-attention-20\.onnx {2}\d+ kB\n$/.test(stdout), stdout);
    assertEquals(await namesIn(folder), ["cifar-attention-20.onnx"]);
    const model = readModel(await Deno.readFile(join(folder, "cifar-attention-20.onnx")));
    assertEquals(model.inputs[0]?.shape, ["batch", 3, 32, 32]);
    assertStringIncludes(model.doc, "Residual attention network");
  });
});

Deno.test("export takes the batch, the layout, the input and the classes that it is given", async () => {
  await withTasks(async (folder) => {
    const options = [
      "--batch=4",
      "--layout=nhwc",
      "--input=16x24x3",
      "--classes=7",
      "--out=a.onnx",
    ];
    await Deno.writeTextFile(join(folder, "a.onnx"), "an older file");
    assertEquals((await run(folder, "cifar/attention-20", ...onnx, ...options)).code, 0);
    const model = readModel(await Deno.readFile(join(folder, "a.onnx")));
    assertEquals(model.inputs[0]?.shape, [4, 16, 24, 3]);
    assertEquals(model.outputs[0]?.shape, [4, 7]);
    assertEquals(model.metadata.get("layout"), "nhwc");
  });
});

async function answer(
  planned: Plan,
  tensors: Parameters<typeof engine.upload>[0],
  images: Float32Array,
) {
  const program = engine.load(inference(planned, 2));
  const state = engine.upload(tensors);
  const logits = await program.run(state, { images }).outputs.logits?.();
  engine.free(state);
  program.dispose();
  return logits ?? new Float32Array();
}

testOnnx(
  "export of a run gives its best weights' logits, its classes and its normalisation",
  async () => {
    await withTasks(async (folder) => {
      await trainTiny(join(folder, "runs/first"));
      for (const weights of ["best", "last"] as const) {
        const args = ["runs/first", ...onnx, ...(weights === "last" ? ["--weights", "last"] : [])];
        const { code, stderr } = await run(folder, ...args);
        assertEquals([code, stderr], [0, ""]);
        const bytes = await Deno.readFile(join(folder, "first.onnx"));
        const path = join(folder, `runs/first/${weights}.safetensors`);
        const { tensors } = orThrow(await loadCheckpoint(path));
        const planned = orThrow(plan(tinyNet(), [8, 8, 3]));
        const { nhwc, nchw } = imagesFor(planned, 2);
        await using file = await open(bytes);
        const logits = await file.run({ images: { shape: [2, 3, 8, 8], data: nchw } });
        assertLogits(logits.get("logits"), await answer(planned, tensors, nhwc), weights);
        const { metadata } = readModel(bytes);
        assertEquals(metadata.get("classes"), '["first","second","third"]');
        const normalisation = JSON.parse(metadata.get("normalisation") ?? "{}");
        assert(normalisation.mean.length > 0);
        assert(["per-channel", "per-pixel-mean"].includes(normalisation.kind));
      }
    });
  },
);

testOnnx("export of a run takes another input where its network and normalisation do", async () => {
  await withTasks(async (folder) => {
    const net = chain(conv(4, { kernel: 3 }), relu(), globalAveragePool(), dense(3));
    await trainTiny(join(folder, "run"), { net });
    await trainTiny(join(folder, "flat"));
    const args = [...onnx, "--input=12x10x3"];
    const refused = async (source: string, ...others: readonly string[]) => {
      const { code, stderr } = await run(folder, source, ...others);
      assertEquals(code, 1);
      return stderr;
    };
    assertStringIncludes(await refused("run", ...args), "the mean of each pixel is subtracted");
    assertStringIncludes(await refused("flat", ...args), "other parameters on 12x10x3");
    const torch = ["--format=torch", "--input=12x10x3"];
    assertStringIncludes(await refused("run", ...torch), "--input (option): the option belongs to");
    assertEquals(await namesIn(folder), ["flat", "run"]);
    const best = join(folder, "run/best.safetensors");
    const checkpoint = orThrow(await loadCheckpoint(best));
    const [mean, std] = [new Float32Array(3).fill(0.4), new Float32Array(3).fill(0.2)];
    const normalization = { kind: "per-channel", mean, std } as const;
    orThrow(await saveCheckpoint(best, { ...checkpoint, normalization }));
    const { code, stderr } = await run(folder, "run", ...args);
    assertEquals([code, stderr], [0, ""]);
    const planned = orThrow(plan(net, [12, 10, 3]));
    const { nhwc, nchw } = imagesFor(planned, 2);
    await using file = await open(await Deno.readFile(join(folder, "run.onnx")));
    const logits = await file.run({ images: { shape: [2, 3, 12, 10], data: nchw } });
    assertLogits(logits.get("logits"), await answer(planned, checkpoint.tensors, nhwc), "12x10");
  });
});

Deno.test("export --training writes the step of the run's recipe and the state to begin with", async () => {
  await withTasks(async (folder) => {
    await trainTiny(join(folder, "run"));
    assertEquals((await run(folder, "run", ...onnx, "--training", "--out", "step.onnx")).code, 0);
    const model = readModel(await Deno.readFile(join(folder, "step.onnx")));
    const bytes = await Deno.readFile(join(folder, "step.safetensors"));
    const { tensors } = orThrow(decodeSafetensors(bytes, "step.safetensors"));
    const state = model.inputs.filter(({ name }) => !["images", "targets", "rate"].includes(name));
    assertEquals(
      state.map(({ name, shape }) => [name, shape] as const).toSorted(),
      [...tensors].map(([name, { shape }]) => [name, shape] as const).toSorted(),
    );
    assertEquals(model.inputs[0]?.shape, [8, 3, 8, 8]);
    assert(tensors.get("@momentum/conv1.kernel")?.data.some((x) => x !== 0), "the run's momentum");
  });
});

Deno.test("export says what it cannot do, with the exit code for it, and leaves no file", async () => {
  await withTasks(async (folder) => {
    await Deno.mkdir(join(folder, "run"));
    await Deno.writeTextFile(join(folder, "run/config.json"), "{}");
    const net = ["cifar/attention-20", ...onnx];
    const failing: readonly (readonly [number, string, readonly string[]])[] = [
      [2, "A network or the folder of a run", []],
      [2, "--format", ["cifar/attention-20"]],
      [2, "onnx", ["cifar/attention-20", "--format=onx"]],
      [2, "dynamic, or a whole number", [...net, "--batch=0"]],
      [2, "--batch is dynamic", [...net, "--training", "--batch=dynamic"]],
      [1, 'did you mean "cifar/attention-20"?', ["cifar/atention-20", ...onnx]],
      [1, "or the folder of a run", ["runs/none", ...onnx]],
      [1, "the option belongs to a run", [...net, "--weights=last"]],
      [1, "run/config.json", ["run", ...onnx]],
      [1, "--classes (option): the option belongs to a network", ["run", ...onnx, "--classes=3"]],
      [1, "the folder above it must exist", [...net, "--out=missing/a.onnx"]],
      [1, "--allow-write", [...net, "--out=../a.onnx"]],
    ];
    for (const [code, text, args] of failing) {
      const ended = await run(folder, ...args);
      assertEquals([ended.code, ended.stdout], [code, ""], args.join(" "));
      assertStringIncludes(ended.stderr, text);
    }
    assertEquals(await namesIn(folder), ["run"]);
    assertStringIncludes((await run(folder, "--help")).stdout, "deno task export");
  });
});
