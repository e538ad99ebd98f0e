/** What resuming finds in a run folder: a finished run, one without a checkpoint, another run at work. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { resume, train } from "../../tasks/training/mod.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, recipe, remainsOf, stopAfter, tinyNet, trainTiny } from "./_runs.ts";

const FILES = ["best.safetensors", "config.json", "metrics.jsonl", "steps.csv"];

Deno.test("resume() takes the run's own engine when only threads are named", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const request = { net: tinyNet(), data: bands, out, recipe, backend: "cpu" } as const;
    orThrow(await train(request, stopAfter(1)));
    const threads = await resume(out, { dataset: bands, threads: 2 });
    assertProblem(threads, "threads belongs to the engine onnx", "the backend is cpu");
    assert(orThrow(await resume(out, { dataset: bands })).finished);
  });
});

Deno.test("resume() of a finished run measures again and changes nothing", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const first = await trainTiny(out);
    const wanted = await remainsOf(out);
    const again = orThrow(await resume(out, { engine, dataset: bands }));
    assertEquals(again.test, first.test);
    assertEquals(again.epochs, first.epochs);
    assertEquals(await remainsOf(out), wanted);
  });
});

Deno.test("resume() draws the curves that a kill has left out", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const curves = join(out, "curves.svg");
    await trainTiny(out);
    const wanted = await Deno.readTextFile(curves);
    for (const leave of [() => Deno.remove(curves), () => Deno.writeTextFile(curves, "<svg/>")]) {
      await leave();
      orThrow(await resume(out, { engine, dataset: bands }));
      assertEquals(await Deno.readTextFile(curves), wanted);
    }
    await trainTiny(join(folder, "stopped"), { watch: stopAfter(6) });
    const half = join(folder, "stopped", "curves.svg");
    const drawn = await Deno.readTextFile(half);
    await Deno.remove(half);
    const again = await resume(join(folder, "stopped"), {
      engine,
      dataset: bands,
      onStep: () => assertEquals(Deno.readTextFileSync(half), drawn),
      ...stopAfter(1),
    });
    assertEquals(orThrow(again).finished, false);
  });
});

Deno.test("resume() tells which settings of PyTorch's script it does without", async () => {
  await withFolder(async (folder) => {
    await trainTiny(folder, { watch: stopAfter(2) });
    const path = join(folder, "config.json");
    const stored = JSON.parse(await Deno.readTextFile(path));
    const resumedWith = async (torch: object) => {
      await Deno.writeTextFile(
        path,
        JSON.stringify({ ...stored, config: { ...stored.config, torch } }),
      );
      const said: string[] = [];
      const onWarning = (words: string) => said.push(words);
      orThrow(await resume(folder, { engine, dataset: bands, onWarning, ...stopAfter(1) }));
      return said;
    };
    // What changes nothing is not told.
    const same = { precision: "bfloat16", magnitude: 3, randaugment: 0, milestones: [0.4, 0.6] };
    assertEquals(await resumedWith(same), []);
    const others = { erasing: 0.25, randaugment: 2, repeats: 3, milestones: [0.5], views: "six" };
    assertEquals(await resumedWith({ ...same, ...others }), [
      "config.json has settings that PyTorch's script alone has: milestones [0.5], repeats 3, " +
      'randaugment 2, erasing 0.25, views "six"; the run is resumed without them, and does not ' +
      "end as it would have ended; --engine torch has them",
    ]);
  });
});

Deno.test("a run is trained by one at a time, in one process too", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { watch: stopAfter(6) });
    const watch = { engine, dataset: bands };
    const both = await Promise.all([resume(out, watch), resume(out, watch)]);
    assertEquals(both.map(({ _tag }) => _tag).toSorted(), ["Left", "Right"]);
    for (const one of both) {
      if (one._tag === "Left") assertProblem(one, "one process at a time may train", `${Deno.pid}`);
    }
    const whole = join(folder, "whole");
    await trainTiny(whole);
    assertEquals(await remainsOf(out), await remainsOf(whole));
  });
});

Deno.test("resume() begins anew when a run was stopped before its first checkpoint", async () => {
  await withFolder(async (folder) => {
    const [whole, stopped] = [join(folder, "whole"), join(folder, "stopped")];
    await trainTiny(whole);
    await trainTiny(stopped, { watch: stopAfter(2) });
    await Deno.remove(join(stopped, "last.safetensors"));
    orThrow(await resume(stopped, { engine, dataset: bands }));
    assertEquals(await remainsOf(stopped), await remainsOf(whole));
  });
});

Deno.test("resume() refuses a run whose last checkpoint is gone, and leaves its best weights", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out);
    await Deno.remove(join(out, "last.safetensors"));
    const kept = () => Promise.all(FILES.map((name) => Deno.readFile(join(out, name))));
    const before = await kept();
    const again = await resume(out, { engine, dataset: bands, epochs: recipe.epochs + 1 });
    assertProblem(again, "no checkpoint, after 3 epochs", "--from");
    assertEquals(await kept(), before);
  });
});

Deno.test("a run whose epochs were raised is resumed with new epochs", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { schedule: "constant" } });
    const text = await Deno.readTextFile(join(out, "config.json"));
    const longer = text.replace(`"epochs": ${recipe.epochs}`, `"epochs": ${recipe.epochs + 1}`);
    assert(longer !== text);
    await Deno.writeTextFile(join(out, "config.json"), longer);
    const said: string[] = [];
    const onWarning = (text: string) => void said.push(text);
    orThrow(await resume(out, { engine, dataset: bands, onWarning }));
    assertStringIncludes(
      `${said}`,
      `since the last checkpoint: epochs was ${recipe.epochs} and is ${recipe.epochs + 1};`,
    );
    // What was said once is how the run is now.
    orThrow(await resume(out, { engine, dataset: bands, onWarning }));
    assertEquals(said.length, 1);
    const whole = join(folder, "whole");
    await trainTiny(whole, { recipe: { schedule: "constant", epochs: recipe.epochs + 1 } });
    assertEquals(await remainsOf(out), await remainsOf(whole));
  });
});
