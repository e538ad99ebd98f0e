import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { orThrow } from "../../dsl/problem/throw.ts";
import { decodeImage } from "../../tasks/data/image_file.ts";
import type { Confused } from "../../tasks/evaluate/confused.ts";
import { inFolder, run, TINY } from "./_task.ts";

Deno.test("a network is trained, evaluated and used from the shell", async () => {
  await inFolder(async (folder) => {
    const trained = await run(folder, "train", ...TINY, "--epochs=2", "--seed=3");
    assertEquals(trained.code, 0, trained.stderr);
    assertStringIncludes(trained.stderr, "net on shapes");
    assertStringIncludes(trained.stderr, "72 to learn from, 8 held out");
    assertStringIncludes(trained.stderr, "epoch 2/2");
    assertStringIncludes(trained.stdout, "test accuracy");
    assertStringIncludes(trained.stdout, "the confusions that hurt most");
    assertStringIncludes(trained.stdout, "deno task evaluate runs/net-1");
    const files = await Array.fromAsync(Deno.readDir(join(folder, "runs/net-1")));
    assertEquals(files.map(({ name }) => name).sort(), [
      "best.safetensors",
      "config.json",
      "curves.svg",
      "last.safetensors",
      "metrics.jsonl",
      "steps.csv",
    ]);

    const evaluated = await run(
      folder,
      "evaluate",
      "runs/net-1",
      "--backend=cpu",
      "--format=json",
    );
    assertEquals(evaluated.code, 0, evaluated.stderr);
    const { images, top1, top5, loss, classes, confusion, mistakes: worst } = JSON.parse(
      evaluated.stdout,
    );
    assertStringIncludes(trained.stdout, `of ${images.toLocaleString("en-US")} images`);
    assertStringIncludes(trained.stdout, `${(top1 * 100).toFixed(2)} %`);
    assert(top5 >= top1 && loss > 0);
    assertEquals([classes.length, confusion.length, confusion[0].length], [10, 10, 10]);
    assertEquals(confusion.flat().reduce((a: number, b: number) => a + b), images);
    const svg = await Deno.readTextFile(join(folder, "runs/net-1/confusion.svg"));
    assert(svg.startsWith("<svg"));
    const mistakes = await Deno.readTextFile(join(folder, "runs/net-1/mistakes.svg"));
    assertEquals(mistakes.match(/<image /g)?.length, worst.length);
    const kept = await Deno.readTextFile(join(folder, "runs/net-1/classes.json"));
    assertEquals(JSON.parse(kept), classes);
    // Every cell of the matrix is kept, and of each that is wrong pictures of as many as there are.
    const text = await Deno.readTextFile(join(folder, "runs/net-1/confused.json"));
    const { cells }: Confused = JSON.parse(text);
    const counts = confusion.map((row: number[]) => row.map(() => 0));
    for (const { truth, predicted, count, pictures } of cells) {
      counts[truth][predicted] = count;
      const wanted = truth === predicted ? 0 : Math.min(count, 8);
      assertEquals(pictures.length, wanted);
      const sure = pictures.map(({ probability }) => probability);
      assertEquals(sure, sure.toSorted((a, b) => b - a));
      for (const { png } of pictures) {
        const picture = orThrow(decodeImage(Uint8Array.fromBase64(png), "a"));
        assertEquals([picture.width, picture.height], [32, 32]);
      }
    }
    assertEquals(counts, confusion);

    const held = await run(
      folder,
      "evaluate",
      "runs/net-1",
      "--backend=cpu",
      "--split=validation",
    );
    assertEquals(held.code, 0, held.stderr);
    assertStringIncludes(held.stdout, "of 8 images; rows: truth");
    assertStringIncludes(held.stdout, "the worst mistakes: runs/net-1/mistakes-validation.svg");

    const told = {
      mirror: "8 images, each with its mirror image",
      six: "8 images, each in six views",
    };
    for (const [views, words] of Object.entries(told)) {
      const options = ["--backend=cpu", "--split=validation", `--views=${views}`, "--out=runs/a"];
      const averaged = await run(folder, "evaluate", "runs/net-1", ...options);
      assertEquals(averaged.code, 0, averaged.stderr);
      assertStringIncludes(averaged.stdout, words);
      assertStringIncludes(averaged.stdout, `runs/a/mistakes-validation-${views}.svg`);
      const [mean, one] = [averaged, held].map(({ stdout }) => /loss [\d.]+/.exec(stdout)?.[0]);
      assert(mean !== undefined && mean !== one, `${mean}, ${one}`);
    }

    const data = Uint8Array.from({ length: 40 * 48 * 3 }, (_, i) => i * 7);
    const png = encode({ width: 40, height: 48, channels: 3, data });
    await Deno.writeFile(join(folder, "a.png"), png);
    const predicted = await run(
      folder,
      "predict",
      "runs/net-1",
      "a.png",
      "--backend=cpu",
      "--format=json",
    );
    assertEquals(predicted.code, 0, predicted.stderr);
    const [{ path, guesses }] = JSON.parse(predicted.stdout);
    assertEquals([path, guesses.length], ["a.png", 5]);
    const shares = guesses.map(({ probability }: { readonly probability: number }) => probability);
    assertEquals(shares, shares.toSorted((a: number, b: number) => b - a));
    const shown = await run(folder, "predict", "runs/net-1", "a.png", "--backend=cpu");
    assertStringIncludes(shown.stdout, guesses[0].name);
  });
});

Deno.test("train writes the recipe that its options ask for, and numbers its run folders", async () => {
  await inFolder(async (folder) => {
    const options = [
      "--steps=2",
      "--optimizer=adamw",
      "--weight-decay=0.02",
      "--schedule=cosine",
      "--label-smoothing=0",
      "--validation=16",
      "--no-augment",
    ];
    const first = await run(folder, "train", ...TINY, ...options);
    assertEquals(first.code, 0, first.stderr);
    const { config } = JSON.parse(await Deno.readTextFile(join(folder, "runs/net-1/config.json")));
    assertEquals(config.recipe, {
      epochs: 2,
      steps: 2,
      batch: 16,
      rate: 0.001,
      schedule: "cosine",
      optimizer: { kind: "adamw", weightDecay: 0.02 },
      labelSmoothing: 0,
      augment: "none",
      validation: 16,
      limit: 80,
      seed: 0,
    });
    // Of few images few are held out.
    const second = await run(folder, "train", ...TINY, "--steps=1");
    assertEquals(second.code, 0, second.stderr);
    assertStringIncludes(second.stdout, "runs/net-2 holds");
    const other = JSON.parse(await Deno.readTextFile(join(folder, "runs/net-2/config.json")));
    assertEquals([other.config.recipe.limit, other.config.recipe.validation], [80, 8]);
    // A run from the weights of another, whose network it has, and then a longer one.
    const [, ...few] = TINY;
    const from = ["--from=runs/net-1", "--freeze=conv1", "--epochs=1", "--validation=16"];
    const third = await run(folder, "train", ...few, ...from);
    assertEquals(third.code, 0, third.stderr);
    assertStringIncludes(third.stderr, "weights  of runs/net-1\n");
    assertStringIncludes(third.stderr, "frozen   108 parameters, in conv1\n");
    const longer = await run(folder, "train", "--resume=runs/net-3", "--epochs=2");
    assertEquals(longer.code, 0, longer.stderr);
    assertStringIncludes(longer.stderr, "8 steps long, in place of 4; its schedule is stretched");
    const last = JSON.parse(await Deno.readTextFile(join(folder, "runs/net-3/config.json")));
    const { name, from: { weights }, earlier, recipe: { epochs, rate } } = last.config;
    assertEquals({ name, weights, earlier, epochs, rate }, {
      name: "net",
      weights: "runs/net-1",
      earlier: [{ until: 4, epochs: 1 }],
      epochs: 2,
      rate: 0.01,
    });
    // Masks are kept where something attends, and not by PyTorch.
    const masks = await run(folder, "train", ...TINY, "--masks=2");
    assertEquals(masks.code, 1);
    assertStringIncludes(masks.stderr, "nothing attends");
    const onTorch = await run(folder, "train", "net.json", "--masks=2", "--engine=torch");
    assertEquals(onTorch.code, 2);
    assertStringIncludes(onTorch.stderr, "--masks belongs to netfold's own engines");
  });
});
