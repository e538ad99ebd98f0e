/** What is imported is a run; what does not fit is named, and no run is made. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow, toJSON } from "../../mod.ts";
import { type ImportRequest, importRun, TORCHVISION } from "../../tasks/import/run.ts";
import { weightsFrom } from "../../tasks/import/weights.ts";
import { predict } from "../../tasks/training/mod.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { png } from "../data/_pictures.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { run, withTasks } from "../tasks/_task.ts";
import { at, planOf, problemsOf, request, RESNET, stateDictOf, VGG } from "./_state_dicts.ts";

Deno.test("names of modules that wrap a network, and counters, do not matter", async () => {
  await withFolder(async (folder) => {
    const theirs = stateDictOf(VGG);
    const wrapped = new Map(
      [...theirs].map(([name, tensor]) => [`_orig_mod.module.${name}`, tensor]),
    );
    wrapped.set("_orig_mod.module.bn.num_batches_tracked", { shape: [], data: Float32Array.of(9) });
    const { folder: made } = orThrow(await importRun(await request(folder, VGG, wrapped)));
    const { checkpoint } = await openTrained(made, {}, {});
    assertEquals(checkpoint.tensors, orThrow(weightsFrom(theirs, planOf(VGG), "")));
  });
});

Deno.test("what is imported is a run, with classes, normalisation and both checkpoints", async () => {
  await withFolder(async (folder) => {
    const names = join(folder, "names.txt");
    await Deno.writeTextFile(names, "ant\nbee\n\ncrab\ndove\n");
    const made = await importRun(await request(folder, RESNET, stateDictOf(RESNET), { names }));
    const { folder: out } = orThrow(made);
    const picture = join(folder, "picture.png");
    await Deno.writeFile(picture, png(40, 30));
    const [seen] = orThrow(await predict(out, [picture], { backend: "cpu" }));
    assertEquals(
      seen?.guesses.map(({ name }) => name).toSorted(),
      ["ant", "bee", "crab", "dove"],
    );
    for (const weights of ["best", "last"] as const) {
      const { checkpoint: { normalization, tensors } } = await openTrained(out, { weights }, {});
      assertEquals(normalization.mean, Float32Array.from(TORCHVISION.mean));
      assertEquals(
        at(tensors.get("stem.bn1.gamma"), 0),
        at(stateDictOf(RESNET).get("bn1.weight"), 0),
      );
    }
  });
});

Deno.test("what does not fit is named, and no run is made", async () => {
  const without = stateDictOf(RESNET);
  without.delete("layer2.0.bn1.running_mean");
  without.delete("layer2.0.bn2.running_mean");
  const missing = problemsOf(weightsFrom(without, planOf(RESNET), "a.pth"));
  assertStringIncludes(missing, "wanted  stage2.unit1.bn1.mean, and 1 more");

  const more = stateDictOf(RESNET).set("aux.weight", { shape: [1], data: Float32Array.of(1) });
  assertStringIncludes(
    problemsOf(weightsFrom(more, planOf(RESNET), "a.pth")),
    "got     aux.weight",
  );

  const wide = stateDictOf(RESNET).set("fc.bias", { shape: [7], data: new Float32Array(7) });
  const other = problemsOf(weightsFrom(wide, planOf(RESNET), "a.pth"));
  assertStringIncludes(other, "got     fc.bias of [7]");
  assertStringIncludes(other, "wanted  [4] for classifier.bias");

  await withFolder(async (folder) => {
    const wrong: readonly (readonly [Partial<ImportRequest>, string])[] = [
      [{ file: join(folder, "none.pth") }, "the file must exist"],
      [{ mean: [0.5] }, "every channel needs a mean and a deviation"],
      [{ names: join(folder, "none.txt") }, "the file must exist"],
      [{ input: [32, 32, 1] }, "every channel needs a mean and a deviation"],
    ];
    for (const [changes, text] of wrong) {
      const made = await importRun(await request(folder, RESNET, stateDictOf(RESNET), changes));
      assertStringIncludes(problemsOf(made), text);
    }
    assertEquals(await namesIn(folder), ["weights.safetensors"]);
  });
});

Deno.test("the task makes a run under runs, or says what is wrong and makes none", async () => {
  await withTasks(async (folder) => {
    await request(folder, RESNET, stateDictOf(RESNET));
    await Deno.writeTextFile(join(folder, "net.json"), toJSON(RESNET.net));
    const subject = ["net.json", "weights.safetensors", "--input=32x32x3"];
    const good = await run(folder, "import", ...subject, "--data=shapes");
    assertEquals([good.code, good.stderr], [0, ""]);
    assertStringIncludes(good.stdout, "deno task evaluate runs/net-1");
    assertEquals(await namesIn(join(folder, "runs/net-1")), [
      "best.safetensors",
      "config.json",
      "last.safetensors",
    ]);
    const wrong: readonly (readonly [code: number, said: string, args: readonly string[]])[] = [
      [2, "wanted one of cifar10", [...subject, "--data=cifar11"]],
      [2, "wanted a number above 0 for each channel", [...subject, "--std=0,1,1"]],
      [1, "every parameter needs a tensor", ["cifar/attention-20", "weights.safetensors"]],
    ];
    for (const [code, said, args] of wrong) {
      const ended = await run(folder, "import", ...args);
      assertEquals([ended.code, ended.stdout], [code, ""]);
      assertStringIncludes(ended.stderr, said);
    }
    assertEquals(await namesIn(join(folder, "runs")), ["net-1"]);
  });
});
