import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { inFolder, run, TINY } from "./_task.ts";

Deno.test("find-rate draws its test, says which rate to train with, and makes no run", async () => {
  await inFolder(async (folder) => {
    const few = TINY.filter((option) => !option.startsWith("--backend"));
    const options = [...few, "--backend=wasm", "--optimizer", "adamw", "--no-augment"];
    const own = ["--min-lr", "1e-4", "--max-lr=1", "--out=runs/a picture.svg"];
    // In so few steps the loss does not leave the scatter of its batches.
    const none = await run(folder, "find-rate", "--steps=60", ...own, ...options);
    assertEquals(none.code, 0, none.stderr);
    const shown = await Deno.readTextFile(join(folder, "runs/a picture.svg"));
    assertStringIncludes(shown, "no suggestion");
    assertStringIncludes(none.stdout, "no suggestion: the loss never fell by more than");
    assert(!/steepest|lowest|to train with/.test(none.stdout), none.stdout);
    const found = await run(folder, "find-rate", "--steps=200", ...own, ...options);
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
