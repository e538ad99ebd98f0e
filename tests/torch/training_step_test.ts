/**
 * Whole training steps of our engines against PyTorch: loss, every gradient and
 * every running statistic are as near to the right ones, PyTorch's in float64, as
 * PyTorch's own in float32 are, up to a small factor.
 *
 * PyTorch is looked for in the Python of NETFOLD_PYTHON, else in `python3`.
 * Without it the tests are skipped, unless NETFOLD_REQUIRE_TORCH is set.
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { onnxEngine } from "../../dsl/engines/onnx/mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import type { Engine, Result, Tensors } from "../../mod.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { firstStep, type StepData, stepData, type StepOutcome } from "../_first_step.ts";
import { LineProcess } from "../_line_process.ts";
import { type Sample, SAMPLES } from "../_samples.ts";
import { LARGE, SMALL } from "./_networks.ts";
import { findTorch, python, testFile } from "./_torch.ts";

/** How many times PyTorch's own float32 error an engine's may be. */
const FACTOR = 4;

/**
 * An error below this share of the whole gradient (or of the loss, or of the
 * values of a statistic) is within the last bit of a float32 as large as that. It
 * decides where a gradient is zero but for rounding, such as that of a bias before
 * a batch norm.
 */
const LAST_BIT = 2 ** -24;

const BATCH = 8;

interface Subject {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly open: () => Promise<Result<Engine>>;
}

/** Plain JavaScript would take minutes for larger networks. */
const SUBJECTS: readonly Subject[] = [
  { name: "wasm", samples: [...SMALL, ...LARGE], open: () => tfjsEngine({ backend: "wasm" }) },
  { name: "onnx", samples: [...SMALL, ...LARGE], open: () => onnxEngine() },
  { name: "cpu", samples: SAMPLES, open: () => tfjsEngine({ backend: "cpu" }) },
];

/** What training_step.py finds of a tensor. */
interface Figures {
  readonly error: number;
  readonly own: number;
  readonly norm: number;
  readonly scale: number;
}

/** Asks PyTorch about an engine's step. */
async function figuresOf(
  torch: LineProcess,
  { plan, batch, parameters, images, targets }: StepData,
  { loss, gradients, statistics }: StepOutcome,
): Promise<Readonly<Record<string, Figures>>> {
  const folder = await Deno.makeTempDir();
  const write = (name: string, tensors: Tensors) =>
    Deno.writeFile(join(folder, `${name}.safetensors`), encodeSafetensors(tensors, {}));
  try {
    await Deno.writeTextFile(join(folder, "plan.json"), JSON.stringify(plan));
    await write(
      "given",
      new Map([
        ...parameters,
        ["images", { shape: [batch, ...plan.input], data: images }],
        ["targets", { shape: [batch, ...plan.output], data: targets }],
      ]),
    );
    const lone = { shape: [1], data: Float32Array.of(loss) };
    await write("outcome", new Map([...gradients, ...statistics, ["loss", lone]]));
    return JSON.parse(await torch.ask(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What of a step is further off than PyTorch may be, in words. */
function faults(figures: Readonly<Record<string, Figures>>): readonly string[] {
  return Object.entries(figures).flatMap(([name, { error, own, norm, scale }]) => {
    if (error <= FACTOR * Math.max(own, LAST_BIT * scale)) return [];
    const [ours, theirs] = [error, own].map((x) => (x / norm).toExponential(1));
    return [`${name}: relative error ${ours}, PyTorch's ${theirs}`];
  });
}

const torch = findTorch();
const requiredBackends = (Deno.env.get("NETFOLD_REQUIRE_BACKENDS") ?? "").split(",");

for (const { name, samples, open } of SUBJECTS) {
  const title = `training steps on ${name} are as exact as PyTorch's`;
  const skip = (reason: string, isRequired: boolean): void =>
    Deno.test({
      name: `skipped: ${reason}: ${title}`,
      ignore: !isRequired,
      fn: () => {
        throw new Error(`it is required: ${reason}`);
      },
    });
  const engine = await open();
  if (engine._tag === "Left") {
    const [{ rule, got } = { rule: "", got: "" }] = engine.left;
    skip(`${name}: ${rule}: ${got}`, requiredBackends.includes(name));
  } else if ("missing" in torch) {
    skip(`PyTorch in ${python}: ${torch.missing}`, Deno.env.has("NETFOLD_REQUIRE_TORCH"));
  } else {
    Deno.test(title, async (test) => {
      await using torch = new LineProcess(python, [
        ...["-B", testFile("torch/training_step.py")],
        ...[`${FACTOR}`, `${LAST_BIT}`],
      ]);
      for (const { name, plan } of samples) {
        await test.step(name, async () => {
          const data = stepData(plan, BATCH);
          const figures = await figuresOf(torch, data, await firstStep(engine.right, data));
          assertEquals(faults(figures), []);
        });
      }
    });
  }
}
