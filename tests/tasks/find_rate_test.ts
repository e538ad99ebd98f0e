import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { inFolder, run, TINY } from "./_task.ts";

Deno.test("find-rate draws its test, says which rate to train with, and makes no run", async () => {
  await inFolder(async (folder) => {
    const options = [...TINY, "--optimizer", "adamw", "--no-augment"];
    const own = ["--steps=60", "--min-lr", "1e-4", "--max-lr=1", "--out=runs/a picture.svg"];
    const found = await run(folder, "find-rate", ...own, ...options);
    assertEquals(found.code, 0, found.stderr);
    assertStringIncludes(found.stderr, "rates    0.0001 to 1, by adamw");
    assertStringIncludes(found.stdout, "smoothed loss by learning rate; ");
    const [, rate = ""] = /^suggestion (\S+):/m.exec(found.stdout) ?? [];
    assertMatch(rate, /^[0-9.e-]+$/);
    assertStringIncludes(found.stdout, `\n  deno task train ${options.join(" ")} --lr ${rate}\n`);
    const svg = await Deno.readTextFile(join(folder, "runs/a picture.svg"));
    for (const text of ["learning rate", "steepest descent", `suggestion ${rate}:`]) {
      assertStringIncludes(svg, text);
    }
    const files = await Array.fromAsync(Deno.readDir(join(folder, "runs")));
    assertEquals(files.map(({ name }) => name), ["a picture.svg"]);

    const wrong = await run(folder, "find-rate", "net.json", "--engine=torch");
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, "auto, tfjs or onnx");
  });
});
