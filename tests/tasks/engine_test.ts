/** The choice of an engine from the shell: what is said when one is unavailable, and what is used instead. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { encode } from "fast-png";
import { join } from "@std/path";
import { hasRealAdapter } from "../../dsl/engines/tfjs/adapter.ts";
import { autoChoice, type EngineReport } from "../../tasks/doctor/report.ts";
import { type Ended, inFolder, run, start, type TaskName, TINY } from "./_task.ts";

// With a graphics card auto does not look for ONNX Runtime.
const ignore = await hasRealAdapter();

/** Runs a task that may not load native code. */
function runWithoutFfi(
  folder: string,
  task: TaskName,
  ...args: readonly string[]
): Promise<Ended> {
  return start(folder, task, args, ["--allow-ffi"]).ended;
}

Deno.test({
  name: "auto says in one line that ONNX Runtime cannot be used, why, and what is used instead",
  ignore,
  fn: async () => {
    await inFolder(async (folder) => {
      const tiny = TINY.filter((arg) => !arg.startsWith("--backend"));
      const trained = await runWithoutFfi(folder, "train", ...tiny, "--steps=1");
      const data = new Uint8Array(32 * 32 * 3);
      const png = encode({ width: 32, height: 32, channels: 3, data });
      await Deno.writeFile(join(folder, "a.png"), png);
      const evaluated = await runWithoutFfi(folder, "evaluate", "runs/net-1", "--split=validation");
      const predicted = await runWithoutFfi(folder, "predict", "runs/net-1", "a.png");
      for (const { code, stderr } of [trained, evaluated, predicted]) {
        assertEquals(code, 0, stderr);
        const notes = stderr.match(/^note: .*$/gm) ?? [];
        assertEquals(notes.length, 1, stderr);
        assertStringIncludes(notes[0] ?? "", "ONNX Runtime cannot be used, tfjs wasm");
        assertStringIncludes(notes[0] ?? "", "ffi access");
        assertStringIncludes(notes[0] ?? "", "add --allow-ffi");
      }
      assertStringIncludes(trained.stderr, "engine   tfjs wasm");
      assertStringIncludes(evaluated.stdout, "engine tfjs wasm");
    });
  },
});

Deno.test("ONNX Runtime that is asked for by name and is unavailable is an error", async () => {
  await inFolder(async (folder) => {
    const trained = await run(folder, "train", ...TINY, "--steps=1");
    assertEquals(trained.code, 0, trained.stderr);
    const refused = await runWithoutFfi(folder, "evaluate", "runs/net-1", "--engine=onnx");
    assertEquals([refused.code, refused.stdout], [1, ""]);
    assertStringIncludes(refused.stderr, "onnx (permission): Deno must allow the native library");
    assertStringIncludes(refused.stderr, "wanted  --allow-ffi");
  });
});

Deno.test("train --resume takes another engine when one is named", async () => {
  await inFolder(async (folder) => {
    const trained = await run(folder, "train", ...TINY, "--steps=1");
    assertEquals(trained.code, 0, trained.stderr);
    const again = await run(folder, "train", "--resume=runs/net-1", "--backend=wasm");
    assertEquals(again.code, 0, again.stderr);
    assertStringIncludes(again.stderr, "engine   tfjs wasm");
  });
});

Deno.test("doctor says why there is no ONNX Runtime, what to do, and what auto takes", async () => {
  await inFolder(async (folder) => {
    const { stdout } = await runWithoutFfi(folder, "doctor");
    assertStringIncludes(stdout, "NO       onnx               Requires ffi access");
    assertStringIncludes(stdout, "add --allow-ffi");
    assertStringIncludes(stdout, "--engine auto takes tfjs ");
    const { auto, onnx } = JSON.parse(
      (await runWithoutFfi(folder, "doctor", "--format=json")).stdout,
    );
    assertEquals([auto.engine, onnx.available], ["tfjs", false]);
    assertEquals(onnx.problems[0].wanted, "--allow-ffi");
  });
});

Deno.test("autoChoice() takes what --engine auto takes, and names what it passes over", () => {
  const common = { checks: [], problems: [], limits: {} };
  const tfjs = (name: "webgpu" | "wasm" | "cpu", available: boolean, software = false) => {
    return { ...common, name, description: name, available, software } as const;
  };
  const onnx = (available: boolean): Extract<EngineReport, { readonly name: "onnx" }> => {
    return { ...common, name: "onnx", description: "onnx", available };
  };
  const [wasm, cpu] = [tfjs("wasm", true), tfjs("cpu", true)];
  assertEquals(autoChoice(onnx(true), [tfjs("webgpu", true), wasm, cpu]), {
    engine: "tfjs",
    backend: "webgpu",
    passedOver: [],
  });
  assertEquals(autoChoice(onnx(true), [tfjs("webgpu", true, true), wasm, cpu]), {
    engine: "onnx",
    backend: "onnx",
    passedOver: [{ backend: "webgpu", software: true }],
  });
  assertEquals(autoChoice(onnx(false), [tfjs("webgpu", false), wasm, cpu]), {
    engine: "tfjs",
    backend: "wasm",
    passedOver: [{ backend: "webgpu", software: false }, { backend: "onnx", software: false }],
  });
  assertEquals(autoChoice(onnx(false), [tfjs("webgpu", false)]), undefined);
});
