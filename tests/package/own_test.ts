/**
 * A user outside the repository, against the published files: a layer with learnt parameters, a
 * merge, a loss, Lion, a schedule and an interpreter, all by hand. They train on ONNX Runtime and
 * on wasm, are killed and resumed bit for bit, and are read in every way.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { type User, withUser } from "./_user.ts";

const own = fromFileUrl(new URL("_own", import.meta.url));
const FILES = ["language.ts", "step.ts", "train.ts", "read.ts"];
const ALLOW = ["--allow-read", "--allow-write=.", "--allow-ffi", "--allow-env"];

async function withFiles(work: (user: User) => Promise<void>): Promise<void> {
  await withUser(async (user) => {
    for (const file of FILES) await user.write(file, await Deno.readTextFile(join(own, file)));
    await work(user);
  });
}

Deno.test("a language of a user's own trains, resumes, exports and is drawn", async (test) => {
  await withFiles(async ({ folder, check, run }) => {
    await check(...FILES);
    await test.step("gradients of two engines, an interpreter, ONNX, a diagram, PyTorch", async () => {
      const { success, stdout, stderr } = await run("read.ts", { allow: ALLOW });
      assert(success, stderr);
      const { worst, problems, formula, onnx, diagram, gradients, slopes } = JSON.parse(stdout);
      assertEquals(gradients, 9);
      assert(slopes, "the user's own parameters have gradients");
      assert(worst < 1e-4, `gradients differ by ${worst}`);
      assertStringIncludes(formula, "conv batch_norm prelu maxout(conv, conv) max_pool");
      assert(onnx > 3000, `${onnx} bytes`);
      assertStringIncludes(diagram, "prelu");
      assertEquals(problems.map(({ layer }: { layer: string }) => layer).sort(), [
        "maxout",
        "prelu",
      ]);
    });
    for (const engine of ["onnx", "wasm"]) {
      await test.step(`training on ${engine}, killed and resumed, ends bit for bit as if whole`, async () => {
        const train = async (file: string, killAt?: string) => {
          const how = { allow: ALLOW, args: [engine, file] };
          return await run("train.ts", killAt === undefined ? how : { ...how, killAt });
        };
        const whole = await train(`${engine}_whole.json`);
        assert(whole.success, whole.stderr);
        const losses = [...whole.stdout.matchAll(/loss (\S+)/g)].map(([, loss]) => Number(loss));
        assertEquals(losses.length, 30);
        assert(Math.min(...losses.slice(-5)) < (losses[0] ?? 0), `${losses}`);
        const killed = await train(`${engine}_killed.json`, "step 11 ");
        assert(!killed.success);
        const resumed = await train(`${engine}_killed.json`);
        assert(resumed.success, resumed.stderr);
        assert(!resumed.stdout.includes("step 1 "), "it begins where it was killed");
        assertEquals(
          await Deno.readTextFile(join(folder, `${engine}_killed.json`)),
          await Deno.readTextFile(join(folder, `${engine}_whole.json`)),
        );
      });
    }
  });
});
