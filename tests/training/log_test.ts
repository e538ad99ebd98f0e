/** What a training says by itself, and what it finds wrong before it loads anything. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { chain } from "../../mod.ts";
import { dense, flatten } from "../../layers/mod.ts";
import { logOf } from "../../tasks/training/log.ts";
import { train } from "../../tasks/training/mod.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { file } from "../terminal/_screen.ts";
import { engine, trainTiny } from "./_runs.ts";

Deno.test("the log of a training has its beginning, its epochs and its end, beside other watchers", async () => {
  await withFolder(async (folder) => {
    const terminal = file();
    const epochs: number[] = [];
    const log = logOf({ onEpoch: ({ epoch }) => void epochs.push(epoch) }, terminal);
    const outcome = await trainTiny(join(folder, "run"), { watch: { ...log.watch, log: false } });
    log.end(outcome);
    const written = terminal.written.join("");
    assertStringIncludes(written, `folder   ${join(folder, "run")}`);
    for (const epoch of epochs) assertStringIncludes(written, `epoch ${epoch}/${epochs.length}`);
    assertStringIncludes(written, "test accuracy ");
    assert(epochs.length > 0);
  });
});

Deno.test("a network and a folder are judged before the data set is looked for", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await Deno.mkdir(out);
    await Deno.writeTextFile(join(out, "note.txt"), "");
    const codes = async (classes: number, place: string) => {
      const net = chain(flatten(), dense(classes));
      const request = { net, data: "cifar100:/nowhere", out: place, engine };
      const done = await train(request, { log: false });
      return done._tag === "Left" && done.left.map(({ code }) => code);
    };
    assertEquals(await codes(100, out), ["not-empty"]);
    assertEquals(await codes(10, join(folder, "new")), ["data-does-not-fit"]);
    const missing = await codes(100, join(folder, "new"));
    assert(missing && missing.every((code) => code === "not-found"), `${missing}`);
    assertEquals(await namesIn(folder), ["run"]);
  });
});
