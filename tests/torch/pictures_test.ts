/** The picture in a file is one: netfold and the project for PyTorch see the same bytes. */
import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { orThrow } from "../../dsl/problem/throw.ts";
import { attention56 } from "../../nets/mod.ts";
import { readImage } from "../../tasks/data/mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { allBroken } from "../data/_broken_pictures.ts";
import { withFolder } from "../files/_folder.ts";
import { ask, pillowTest } from "./_torch.ts";

type Said =
  | { readonly width: number; readonly height: number; readonly sha256: string }
  | { readonly error: string };

pillowTest(
  "a picture in a file is the same bytes here and in PyTorch's script",
  () =>
    withFolder(async (folder) => {
      const [project, pictures] = [join(folder, "project"), join(folder, "pictures")];
      await Deno.mkdir(pictures);
      for (const [name, bytes] of Object.entries(allBroken())) {
        await Deno.writeFile(join(pictures, name), bytes);
      }
      const net = attention56({ classes: 10 });
      orThrow(await writeTorchProject(project, projectOf("small", net, [32, 32, 3])));
      const said = await ask("pictures.py", project, pictures) as Readonly<Record<string, Said>>;
      assert(Object.keys(said).length > 400, `${Object.keys(said).length} files`);
      for (const [name, theirs] of Object.entries(said)) {
        const read = await readImage(join(pictures, name));
        if (read._tag === "Left") assert("error" in theirs, `${name}: ${read.left[0]?.got}`);
        else {
          const { width, height, pixels } = read.right;
          const sha256 = createHash("sha256").update(pixels).digest("hex");
          assertEquals({ name, width, height, sha256 }, { name, ...theirs });
        }
      }
    }),
);
