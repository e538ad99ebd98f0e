/** Class names that hold commas, quotes and line breaks are the same on PyTorch's side, and come back whole. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { trainOnTorch } from "../../tasks/training/torch.ts";
import { withFolder } from "../files/_folder.ts";
import { runPython, torchTest } from "./_torch.ts";
import { dataset, request, torch } from "./_training.ts";

torchTest(
  "PyTorch takes class names that hold commas, quotes and line breaks",
  () =>
    withFolder(async (folder) => {
      const run = join(folder, "run");
      const classes = dataset.classes.map((_, i) => `a, b${i} "c"\n[--seed]`);
      orThrow(await trainOnTorch({ ...request(run), data: { ...dataset, classes } }, torch));
      assertEquals(orThrow(await loadCheckpoint(join(run, "last.safetensors"))).classes, classes);
      const shown = "from tell import seen; print(seen('caf\\u00e9 \\x1b[2J\\n\\u202e\\udc80'))";
      const { stdout } = await runPython(["-c", shown], { cwd: join(run, "torch") });
      assertEquals(stdout, "caf\u00e9 \\x1b[2J\\n\\u202e\\udc80\n");
    }),
);
