/**
 * A user outside the repository, against the published files: a layer with learnt parameters, a
 * merge, a loss, Lion, a schedule and an interpreter, all by hand. `train` trains them on images of
 * CIFAR-10, on ONNX Runtime and on wasm; killed runs are resumed bit for bit; the network is read in
 * every way.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { orThrow } from "../../../mod.ts";
import { cifar10 } from "../../../tasks/data/mod.ts";
import type { Ended, Part } from "../_user.ts";

const folder = fromFileUrl(new URL("../_own", import.meta.url));
const FILES = ["language.ts", "step.ts", "train.ts", "read.ts"];
const ALLOW = ["--allow-read", "--allow-write=.", "--allow-ffi", "--allow-env"];

/** The last line that a script printed. */
const end = ({ stdout }: Ended): string => stdout.trim().split("\n").at(-1) ?? "";

/** A language of a user's own. */
export const own: Part = {
  name: "own",
  title: "a language of a user's own trains, resumes, exports and is drawn",
  write: async ({ write }) => {
    // What the scripts read is then in the cache.
    orThrow(await cifar10());
    return await Promise.all(
      FILES.map(async (file) => await write(file, await Deno.readTextFile(join(folder, file)))),
    );
  },
  work: async ({ run }, test) => {
    await test.step("gradients of two engines, an interpreter, ONNX, a diagram, PyTorch", async () => {
      const { success, stdout, stderr } = await run("read.ts", { allow: ALLOW });
      assert(success, stderr);
      const { worst, problems, formula, onnx, diagram, gradients, slopes } = JSON.parse(stdout);
      assertEquals(gradients, 8);
      assert(slopes, "the user's own parameters have gradients");
      assert(worst < 1e-4, `gradients differ by ${worst}`);
      assertStringIncludes(formula, "conv batch_norm sloped maxout(conv, conv) max_pool");
      assert(onnx > 3000, `${onnx} bytes`);
      assertStringIncludes(diagram, "sloped");
      assertEquals(problems.map(({ layer }: { layer: string }) => layer).sort(), [
        "maxout",
        "sloped",
      ]);
    });
    for (const engine of ["onnx", "wasm"]) {
      await test.step(`training on ${engine}, killed and resumed, ends bit for bit as if whole`, async () => {
        const train = (how: string, out: string, killAt?: string) =>
          run("train.ts", {
            allow: ALLOW,
            args: [engine, `${engine}_${out}`, how],
            ...(killAt === undefined ? {} : { killAt }),
          });
        const whole = await train("train", "whole");
        assert(whole.success, whole.stderr);
        const { losses, same } = JSON.parse(end(whole));
        const [[first], [second]] = losses;
        assert(second < first, `${losses}`);
        assert(same, "evaluate gives the figures of the run's end");
        assert(!(await train("train", "killed", "step 11 ")).success);
        const resumed = await train("resume", "killed");
        assert(resumed.success, resumed.stderr);
        assert(!resumed.stdout.includes("step 1 "), "it begins where it was killed");
        assertEquals(end(resumed), end(whole));
      });
    }
  },
};
