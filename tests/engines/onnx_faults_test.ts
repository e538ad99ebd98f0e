/**
 * A runtime that loads and does not do its work: models that it cannot read,
 * operators that it lacks. Opening an engine on it fails with a problem that
 * says so, and so does whoever asks for the results of a program.
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { examined, OnnxEngine } from "../../dsl/engines/onnx/_engine.ts";
import { loadRuntime, PACKAGE } from "../../dsl/engines/onnx/runtime.ts";
import { SELF_CHECK } from "../../dsl/engines/self_check.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { orThrow, ProblemError } from "../../dsl/problem/throw.ts";
import { onlyProblem } from "../_problems.ts";
import { testOnnx } from "../onnx/_runs.ts";
import { type Faults, faultyRuntime, renamed } from "./_faulty_runtime.ts";

/** The problem with which an engine on a faulty runtime does not open. */
async function openingProblem(faults: Faults): Promise<Problem> {
  const engine = new OnnxEngine(faultyRuntime(orThrow(await loadRuntime()), faults), 1, 0);
  const problem = onlyProblem(await examined(engine));
  assertEquals([problem.path, problem.layer], ["self-check", "ONNX Runtime"]);
  assert(!problem.got.includes("\n"), problem.got);
  return problem;
}

type Damage = NonNullable<Faults["damage"]>;

const UNREADABLE: readonly (readonly [what: string, damage: Damage])[] = [
  ["is empty", () => new Uint8Array()],
  ["has lost half of its bytes", (bytes) => bytes.slice(0, bytes.length / 2)],
  ["has lost its last byte", (bytes) => bytes.slice(0, -1)],
  ["begins with a damaged byte", (bytes) => bytes.map((byte, i) => i === 0 ? byte ^ 0xff : byte)],
  ["is no model", () => new TextEncoder().encode("GIF89a, not at all a model")],
];

for (const [what, damage] of UNREADABLE) {
  testOnnx(`a model that ${what} is a problem that says so`, async () => {
    let size = 0;
    const { rule, got, wanted, hint } = await openingProblem({
      damage: (bytes) => {
        size = bytes.length;
        return damage(bytes);
      },
    });
    assertEquals(rule, "the runtime must be able to read the model");
    assertStringIncludes(got, `${size} bytes: `);
    assertEquals(wanted, "the bytes of an ONNX model");
    assertStringIncludes(hint, "engine tfjs");
  });
}

testOnnx("an operator that the runtime lacks is a problem that names it", async () => {
  const { rule, got, wanted, hint } = await openingProblem({
    damage: (bytes) => renamed(bytes, "ConvTranspose", "ConvTransform"),
  });
  assertEquals(rule, "the runtime must know every operator of the model");
  assertStringIncludes(got, "ConvTransform");
  assertStringIncludes(wanted, PACKAGE);
  assertStringIncludes(hint, "engine tfjs");
});

testOnnx(
  "a program that cannot be loaded fails where its results are read, run after run",
  async () => {
    const runtime = orThrow(await loadRuntime());
    const engine = new OnnxEngine(faultyRuntime(runtime, { damage: () => new Uint8Array() }), 1, 0);
    const tensors = new Map([["kernel", { shape: [3, 3, 1, 2], data: new Float32Array(18) }]]);
    const state = engine.upload(tensors);
    const program = engine.load(SELF_CHECK.graph);
    for (let run = 0; run < 2; run++) {
      const { outputs, state: after } = program.run(state, SELF_CHECK.inputs);
      const error = await assertRejects(
        () => outputs.conv2d?.() ?? Promise.resolve(),
        ProblemError,
      );
      assertStringIncludes(error.message, "the runtime must be able to read the model");
      engine.free(after);
    }
    await assertRejects(() => program.trace(state, SELF_CHECK.inputs), ProblemError);
    assertEquals(await engine.download(state), tensors);
    engine.free(state);
    program.dispose();
    assertEquals(engine.liveTensors(), 0);
    engine.dispose();
  },
);
