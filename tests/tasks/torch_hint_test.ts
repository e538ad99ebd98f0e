/** What a training says of PyTorch where no engine was asked for. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { torchHint } from "../../tasks/train/torch_hint.ts";
import { presetFor } from "../../tasks/training/mod.ts";
import { withFolder } from "../files/_folder.ts";

const recipe = presetFor("cifar/attention-8");
const dataset = orThrow(shapes({ count: 16, testCount: 8 }));

Deno.test("PyTorch is named where it is there and faster, and nowhere else", () =>
  withFolder(async (folder) => {
    const python = join(folder, "python");
    const answer = async (said: string) => {
      await Deno.writeTextFile(python, `#!/bin/sh\n${said}\n`);
      await Deno.chmod(python, 0o755);
      return await torchHint(recipe, dataset, python);
    };
    assertEquals(
      await answer("echo yes"),
      `PyTorch is in ${python}, and mostly faster on this processor: --engine torch`,
    );
    for (const said of ["echo no", "exit 1"]) assertEquals(await answer(said), undefined);
    assertEquals(await torchHint(recipe, dataset, join(folder, "none")), undefined);
    const other = { ...recipe, loss: { kind: "binary-cross-entropy" } } as const;
    assertEquals(await torchHint(other, dataset, python), undefined);
  }));

Deno.test({
  name: "a training that may neither read NETFOLD_PYTHON nor run Python says nothing of it",
  permissions: { env: false, run: false },
  fn: async () => assertEquals(await torchHint(recipe, dataset), undefined),
});
