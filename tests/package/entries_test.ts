/** Every entry of the published package loads outside the repository, with the least permissions. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { withUser } from "./_user.ts";

const entries = Object.keys(project.exports).map((entry) => join(project.name, entry));

Deno.test("every entry of the package passes the type checker of a user and loads without permissions", async () => {
  await withUser(async ({ write, check, run }) => {
    const files = await Promise.all(entries.map(async (entry, i) => {
      const file = `entry${i}.ts`;
      const text =
        `import * as entry from "${entry}";\nconsole.log(Object.keys(entry).length > 0);\n`;
      await write(file, text);
      return file;
    }));
    await check(...files);
    for (const [i, file] of files.entries()) {
      const { success, stdout, stderr } = await run(file);
      assert(success, `${entries[i]}: ${stderr}`);
      assertEquals(stdout.trim(), "true", entries[i]);
    }
  });
});
