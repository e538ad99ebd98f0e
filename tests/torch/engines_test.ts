/**
 * A training step is one function, whoever computes it: PyTorch, ONNX Runtime
 * and TensorFlow.js take the same step from the same checkpoint.
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import {
  adamw,
  arl,
  chain,
  clip,
  ema,
  groups,
  hourglass,
  linear,
  lion,
  mask,
  muon,
  orThrow,
  points,
  sgd,
  warmup,
} from "../../mod.ts";
import { batchNorm, conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { cropFlip, cutout, inOrder } from "../../tasks/data/mod.ts";
import { loadCheckpoint, type Recipe, resume, train } from "../../tasks/training/mod.ts";
import { resumeOnTorch } from "../../tasks/training/torch.ts";
import { testOnnx } from "../onnx/_runs.ts";
import { withFolder } from "../files/_folder.ts";
import { findTorch, torchTest } from "./_torch.ts";
import { assertClose, dataset, request, tensorsIn, torch } from "./_training.ts";

const net = chain(
  conv(4, { kernel: 3, stride: 4 }),
  batchNorm({ momentum: 0.8 }),
  relu(),
  arl(conv("same", { kernel: 3, bias: true }), mask(hourglass({ depth: 1 }))),
  globalAveragePool(),
  dense(10),
);

/** The step that is compared; before it the optimiser has gathered something to keep. */
const STEP = 4;

const RECIPES = {
  sgd: { optimizer: sgd() },
  adamw: { optimizer: adamw() },
  "lion and adamw in groups, clipped and averaged, on mixed images of weighted classes in parts": {
    optimizer: ema(
      0.6,
      clip(0.1, groups([{ role: "kernel", rate: 0.1, optimizer: lion() }], adamw())),
    ),
    augment: inOrder(cropFlip({ pad: 2, flip: true }), cutout({ size: 9 })),
    ...{ mixup: 0.4, classWeights: "balanced", accumulate: 2 },
  },
  "muon and sgd in groups, on smaller images mirrored in turns": {
    optimizer: groups(
      [
        { path: "conv1.kernel", rate: 0 },
        { path: "dense1", rate: 0.5, schedule: points([0, 1], [0.9, 0.1]) },
        { role: "kernel", optimizer: muon({ momentum: 0.6, iterations: 3, rescale: true }) },
        {
          role: "scale",
          schedule: "step",
          optimizer: sgd({ momentum: 0.85, weightDecay: 0.01, decay: "all" }),
        },
      ],
      sgd({ nesterov: false }),
    ),
    schedule: warmup(0.25, linear()),
    sizes: [{ size: 24, until: 0.5 }, { size: 28, until: 0.99 }],
    augment: { pad: 2, flip: "alternating", edge: "reflect" },
    labelSmoothing: 0.2,
  },
} satisfies Readonly<Record<string, Partial<Recipe>>>;

/** A run that stands before the step. */
async function begin(
  run: string,
  kind: keyof typeof RECIPES,
  engine: EngineChoice,
): Promise<void> {
  const changes = { epochs: 1, steps: STEP, ...RECIPES[kind] };
  const { backend: _, ...rest } = request(run, changes);
  const what = { ...rest, net, ...engine };
  let steps = 0;
  const interrupted = () => steps >= STEP - 1;
  orThrow(await train(what, { onStep: () => steps++, interrupted }));
}

/** The state of a copy of a run after the step. */
async function afterStep(
  run: string,
  copy: string,
  goOn: (folder: string) => Promise<{ readonly finished: boolean }>,
) {
  await Deno.mkdir(copy);
  for (const file of ["config.json", "last.safetensors"]) {
    await Deno.copyFile(join(run, file), join(copy, file));
  }
  assertEquals((await goOn(copy)).finished, true);
  const { position } = orThrow(await loadCheckpoint(join(copy, "last.safetensors")));
  assertEquals(position.step, STEP);
  return await tensorsIn(copy);
}

const on = (choice: EngineChoice) => async (folder: string) =>
  orThrow(await resume(folder, { dataset, ...choice }));

// Both are needed, and whichever is missing is named.
const torchAndOnnxTest = "missing" in findTorch() ? torchTest : testOnnx;

const TFJS: EngineChoice = { engine: "tfjs", backend: "cpu" };
const ONNX: EngineChoice = { engine: "onnx", threads: 1 };

const BEGUN = [
  ["sgd", TFJS],
  ["adamw", ONNX],
  [
    "lion and adamw in groups, clipped and averaged, on mixed images of weighted classes in parts",
    TFJS,
  ],
  ["muon and sgd in groups, on smaller images mirrored in turns", ONNX],
] as const;

for (const [kind, first] of BEGUN) {
  torchAndOnnxTest(
    `PyTorch, ONNX Runtime and TensorFlow.js take the same step of ${kind}` +
      ` from what ${first.engine} began`,
    () =>
      withFolder(async (folder) => {
        const run = join(folder, "run");
        await begin(run, kind, first);
        const wanted = await afterStep(run, join(folder, "tfjs"), on(TFJS));
        assertClose(await afterStep(run, join(folder, "onnx"), on(ONNX)), wanted, 1e-5);
        const python = async (copy: string) =>
          orThrow(await resumeOnTorch(copy, { ...torch, dataset }));
        assertClose(await afterStep(run, join(folder, "torch"), python), wanted, 1e-5);
      }),
  );
}
