/**
 * Trainings on paper: memory against PyTorch's own peak, time against what is published, and what
 * the task says of both.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { torchModule } from "../../layers/bound/torch.ts";
import {
  batchNorm,
  conv,
  dense,
  gelu,
  globalAveragePool,
  l2Normalize,
  layerNorm,
  maxPool,
  relu,
  standardize,
} from "../../layers/mod.ts";
import { chain, fork, type Net, orThrow, plan } from "../../mod.ts";
import { network } from "../../nets/zoo.ts";
import { type Gpu, GPUS } from "../../tasks/plan_training/gpus.ts";
import { stepTime } from "../../tasks/plan_training/step_time.ts";
import { stepMemory } from "../../tasks/plan_training/torch_memory.ts";
import { trainingOn } from "../../tasks/plan_training/training_plan.ts";
import { withFolder } from "../files/_folder.ts";
import { inFolder, run } from "../tasks/_task.ts";
import { runPython, torchTest } from "./_torch.ts";

/** Layers that keep what no attention network has. */
const mixed: Net = chain(
  conv(16, { kernel: 3 }),
  layerNorm(),
  gelu(),
  fork("concat", conv(16, { kernel: 3 }), standardize(), l2Normalize()),
  maxPool(2),
  batchNorm(),
  relu(),
  globalAveragePool(),
  dense(10),
);

const planned = (name: string) => {
  const { net, input } = orThrow(network(name, {}));
  return orThrow(plan(net, input));
};

torchTest("the memory of a step is PyTorch's to a tenth", () =>
  withFolder(async (folder) => {
    const nets = [orThrow(network("cifar/attention-20", {})).net, mixed];
    const images = 24;
    const paths = nets.map((_, i) => join(folder, `${i}.py`));
    for (const [i, path] of paths.entries()) {
      await Deno.writeTextFile(path, orThrow(torchModule(nets[i] ?? mixed, [32, 32, 3])));
    }
    const script = new URL("./peak.py", import.meta.url).pathname;
    const said = await runPython([script, ...paths.map((path) => `${path}:${images}`)]);
    assertEquals(said.code, 0, said.stderr);
    const measured: readonly number[] = JSON.parse(said.stdout);
    assertEquals(measured.length, nets.length);
    for (const [i, net] of nets.entries()) {
      const { peak } = stepMemory(orThrow(plan(net, [32, 32, 3])), { images, bytes: 4, kept: 1 });
      const off = peak / (measured[i] ?? NaN) - 1;
      assert(Math.abs(off) < 0.1, `network ${i}: ${peak} bytes, and PyTorch had ${measured[i]}`);
    }
  }));

/** What NVIDIA publishes of ResNet-50 in DeepLearningExamples, images a second at 256 on each card. */
const V100: Gpu = {
  ...GPUS.a100,
  ...{ flops: { bfloat16: 125e12, float32: NaN }, bandwidth: 900e9, link: 150e9 },
};
const PUBLISHED = [
  { gpu: GPUS.a100, precision: "bfloat16", rates: { 1: 2470, 8: 16_621 } },
  { gpu: GPUS.a100, precision: "float32", rates: { 1: 938, 8: 7248 } },
  { gpu: V100, precision: "bfloat16", rates: { 1: 1200, 8: 8322 } },
] as const;

Deno.test("what is published of ResNet-50 lies within the times that are planned", () => {
  const resnet = planned("imagenet/resnet-50");
  const { gradients } = stepMemory(resnet, { images: 1, bytes: 2, kept: 1 });
  for (const { rates, ...on } of PUBLISHED) {
    for (const [gpus, rate] of Object.entries(rates)) {
      const options = { ...on, gpus: Number(gpus), images: 256, parts: 1, gradients };
      const { least, most } = stepTime(resnet, options);
      const seconds = 256 * Number(gpus) / rate;
      assert(least < seconds && seconds < most, `${gpus} ${on.gpu.name}: ${least} to ${most}`);
    }
  }
});

Deno.test("a batch that is too large for the card is taken in parts, a state in shards", () => {
  const net = planned("imagenet/attention-56");
  const on = (memory: number, gpus: number) =>
    trainingOn(
      net,
      { gpu: { ...GPUS.h100, memory }, precision: "bfloat16", batch: 256, steps: 1 },
      gpus,
    );
  const whole = on(80e9, 8);
  assertEquals([whole.images, whole.parts, whole.parallelism, whole.fits], [32, 1, "data", true]);
  const parts = on(4e9, 8);
  assert(parts.parts > 1 && parts.fits && parts.memory < 0.9 * 4e9, JSON.stringify(parts));
  assertEquals(parts.images % parts.parts, 0);
  const shards = on(1.6e9, 8);
  assertEquals([shards.parallelism, shards.fits], ["shards", true]);
  assertEquals(on(1.2e9, 1).fits, false);
  // 12 cards cannot share 256 images in equal parts; 8 of them can.
  assertEquals(on(80e9, 12).used, 8);
});

Deno.test("plan-training says what it assumes, and how the largest training is started", () =>
  inFolder(async (folder) => {
    const ended = await run(folder, "plan-training", "net.json", "--input=32x32x3", "--gpus=2,80");
    assertEquals([ended.code, ended.stderr], [0, ""]);
    const lines = ended.stdout.split("\n");
    assertStringIncludes(lines[0] ?? "", "160,000 steps of 64 images");
    assert(lines.some((line) => /^ +80 +64 +1 +1 +data/.test(line)), ended.stdout);
    assertStringIncludes(ended.stdout, "idle: 16 of 80 GPUs");
    // What it advises leaves none idle.
    assertMatch(ended.stdout, /--batch 80 is one\s+for all of them/);
    assertStringIncludes(ended.stdout, "export net.json --input 32x32x3 --format torch");
    assertStringIncludes(ended.stdout, "--nnodes 1 --nproc_per_node 2 project/train.py --batch 64");
    const wrong = await run(folder, "plan-training", "net.json", "--gpus=0");
    assertEquals([wrong.code, wrong.stdout], [2, ""]);
    assertStringIncludes(wrong.stderr, "a whole number of at least 1");
  }));
