/**
 * A project that trains on folders and on tar shards, and what it says of those
 * that are no use; by which normalisation it measures; how long it trains.
 * Pictures are PPM files, for which no other package is needed.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { folder as folderOf, type ImageFiles } from "../../tasks/data/mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { dataFolder } from "../../tasks/training/torch.ts";
import { openRun } from "../../tasks/files/run_folder.ts";
import { configFromJson } from "../../tasks/training/config.ts";
import { png } from "../data/_pictures.ts";
import { runPython, type Said } from "./_torch.ts";
import { dataset, folderTest, net } from "./_training.ts";

/** A project that is told where its images are. */
async function writeProject(folder: string): Promise<void> {
  const { config } = projectOf("small", net, dataset.train.shape);
  await Deno.mkdir(folder);
  orThrow(await writeTorchProject(folder, { config: { ...config, data: "imagenet" } }));
}

/** Runs a project's script, in one process. */
function script(folder: string, ...options: readonly string[]): Promise<Said> {
  return runPython([join(folder, "train.py"), ...options], { env: { OMP_NUM_THREADS: "1" } });
}

/** Writes tar shards of 12 pictures each, with files of an ending beside them that hold the class, from `first` on. */
async function writeShards(folder: string, ending: string, first = 0): Promise<void> {
  const code = `import io, tarfile
for shard in range(2):
    with tarfile.open(rf"${folder}/{shard}.${ending}.tar", "w") as tar:
        for i in range(12):
            picture = b"P6 9 8 255\\n" + bytes([20 * i] * 9 * 8 * 3)
            for name, content in ((f"{i}.ppm", picture), (f"{i}.${ending}", b"%d" % (${first} + i % 10))):
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))`;
  const { code: exit, stderr } = await runPython(["-c", code]);
  assertEquals(exit, 0, stderr);
}

const SHORT = ["--batch", "6", "--steps", "3", "--images", "24", "--workers", "1"];

folderTest("shards train a network, read as files or from a command", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  await writeShards(folder, "cls");
  const shards = join(folder, "{0..1}.cls.tar");
  const measured: string[] = [];
  for (const [i, data] of [shards, `pipe:cat '${shards}'`].entries()) {
    const run = join(folder, `run${i}`);
    const words = [...SHORT, "--data", data, "--test-data", data, "--out", run];
    const { code, stderr, stdout } = await script(project, ...words);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "of 24 images");
    measured.push(stdout.slice(stdout.indexOf("test accuracy")));
  }
  assertEquals(measured[1], measured[0]);
  // How many images there are to train on need not be known to measure.
  const weights = join(folder, "run0", "best.safetensors");
  const words = ["--data", shards, "--test-data", shards, "--evaluate", weights];
  assertEquals((await script(project, ...words)).stdout, measured[0]);
  // Shards have no names of classes, and netfold needs one for each logit.
  const checkpoint = orThrow(await loadCheckpoint(weights));
  assertEquals(checkpoint.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

folderTest("each image of a stream comes once, in another order", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  const code = `import json, sys
sys.path.insert(0, "${project}")
from shards import shuffled
print(json.dumps([list(shuffled(range(100), (1, 2), size)) for size in (1, 10, 1000)]))`;
  const { stdout, stderr } = await runPython(["-c", code]);
  const [least, some, all] = JSON.parse(stdout || stderr);
  const inOrder = Array.from({ length: 100 }, (_, i) => i);
  for (const order of [least, some, all]) {
    assertEquals(order.toSorted((a: number, b: number) => a - b), inOrder);
  }
  assertEquals(least, inOrder);
  // What comes can only come ahead of as many as wait.
  assert(some.every((image: number, place: number) => image <= place + 10));
  assert(some[0] !== 0 || some[1] !== 1 || some[2] !== 2);
  assert(all.slice(0, 10).some((image: number) => image > 20));
});

folderTest(
  "a folder trains a network, with images held out and a broken one named",
  async (folder) => {
    const project = join(folder, "project");
    await writeProject(project);
    const images = join(folder, "images");
    for (const [part, each] of [["train", 4], ["val", 2]] as const) {
      for (let label = 0; label < 10; label++) {
        const place = join(images, part, `class${label}`);
        await Deno.mkdir(place, { recursive: true });
        for (let i = 0; i < each; i++) {
          const pixels = new Uint8Array(9 * 8 * 3).fill(25 * label + i);
          const header = new TextEncoder().encode("P6 9 8 255\n");
          await Deno.writeFile(join(place, `${i}.ppm`), new Uint8Array([...header, ...pixels]));
        }
      }
    }
    const broken = ["train/class3/0.ppm", "val/class4/1.ppm"].map((name) => join(images, name));
    for (const path of broken) await Deno.writeTextFile(path, "P6 9 8 255\nhalf");
    const run = join(folder, "run");
    const words = ["--batch", "6", "--epochs", "2", "--workers", "1", "--data", images];
    const trained = await script(project, ...words, "--validation", "10", "--out", run);
    assertEquals(trained.code, 0, trained.stderr);
    for (const path of broken) assertStringIncludes(trained.stderr, `${path} cannot be read`);
    assertStringIncludes(trained.stdout, "of 19 images");
    const { config } = orThrow(await openRun(run, configFromJson));
    assertEquals(config.data, `folder:${images},size=${dataset.train.shape[0]}`);
    const epochs = (await Deno.readTextFile(join(run, "metrics.jsonl"))).trim().split("\n");
    assertEquals(epochs.length, 3);
    assert(JSON.parse(epochs[0] ?? "").validationAccuracy >= 0);
    await Deno.mkdir(join(images, "train", "surplus"));
    const refuse = async (said: string, ...options: readonly string[]) => {
      const { code, stderr } = await script(
        project,
        ...words,
        ...options,
        "--out",
        join(folder, "no"),
      );
      assertEquals(code, 1);
      assertStringIncludes(stderr, said);
    };
    await refuse("the images are of 11 classes and the network has 10");
    await Deno.remove(join(images, "train", "surplus"));
    const best = join(run, "best.safetensors");
    for (const i of [0, 1]) {
      await Deno.writeTextFile(join(images, "val", "class4", `${i}.ppm`), "P6");
    }
    await refuse("class4 is a class of which no image can be read", "--evaluate", best);
    await Deno.mkdir(join(images, "val", "class11"));
    await refuse("class11 is a class that", "--evaluate", best);
    await Deno.remove(join(images, "val", "class11"));
    await refuse("error: --mixup is -1.0; use a number from 0 to 1000000", "--mixup", "-1");
    await refuse("error: --ema is 1.0; use a number from 0 to below 1", "--ema", "1");
  },
);

folderTest(
  "the classes of a folder and their pictures are those that netfold finds",
  async (folder) => {
    const [project, images] = [join(folder, "project"), join(folder, "images")];
    await writeProject(project);
    const files = ["train/b/x", "train/b/Y.PNG", "train/a/2.png", "train/\u{1f600}/1.png"]
      .concat([
        "train/\uff5e/1.png",
        "val/a/1.png",
        "val/b/1.png",
        "train/.ipynb_checkpoints/x.png",
      ])
      .concat(["train/a/.hidden.png", "train/a/deep/1.png"]);
    for (const path of files) {
      await Deno.mkdir(dirname(join(images, path)), { recursive: true });
      await Deno.writeFile(join(images, path), png(4, 4));
    }
    await Deno.writeTextFile(join(images, "train/a/notes.txt"), "no picture");
    const code = `import json, sys, torch
sys.path.insert(0, ${JSON.stringify(project)})
from images import FolderData
from settings import Settings
settings = Settings(data=${JSON.stringify(images)}, workers=1)
data = FolderData(settings, [8, 8, 3], torch.device("cpu"))
print(json.dumps([data.classes, data.train, data.tested]))`;
    const { stdout, stderr } = await runPython(["-c", code]);
    const [classes, train, tested] = JSON.parse(stdout || stderr);
    const data = orThrow(await folderOf(images, { size: 8 }));
    const listed = ({ folder, paths, labels }: ImageFiles) =>
      paths.map((path, i) => [join(folder, path), labels[i] ?? -1]);
    assertEquals(classes, data.classes);
    assertEquals([train, tested], [listed(data.train), listed(data.test)]);
  },
);

folderTest("shards that are no use are named, and nobody waits for ever", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  await writeShards(folder, "cls");
  await writeShards(folder, "json");
  const [good, unlabelled] = [join(folder, "0.cls.tar"), join(folder, "0.json.tar")];
  const broken = join(folder, "broken.tar");
  await Deno.writeFile(broken, (await Deno.readFile(good)).slice(0, 1600));
  let runs = 0;
  const refuse = async (data: string, test: readonly string[], said: string) => {
    const out = join(folder, `refused${runs++}`);
    const { code, stderr } = await script(project, ...SHORT, "--data", data, ...test, "--out", out);
    assertEquals(code, 1);
    assertStringIncludes(stderr, said);
    assert(!stderr.includes("Traceback"), stderr);
  };
  const test = ["--test-data", good];
  await refuse(good, [], "error: there are no shards to test on; say where they are");
  await refuse(join(folder, "none.tar"), test, `error: there is no shard ${join(folder, "none")}`);
  await refuse(unlabelled, test, `error: ${unlabelled} holds no images`);
  await refuse(broken, test, `error: ${broken} cannot be read: `);
  await refuse(good, [...test, "--validation", "2"], "no images can be held out of shards");
  await writeShards(folder, "cls", 11);
  await refuse(good, test, ` of ${good} is of class 1`);
  await refuse(`pipe:cat '${broken}' x.tar`, test, "x.tar cannot be read: ");
});

folderTest(
  "weights are measured by the normalisation that they were trained with",
  async (folder) => {
    const project = join(folder, "project");
    await writeProject(project);
    const data = ["--data", await dataFolder(dataset, folder)];
    const run = join(folder, "run");
    const some = [
      "--batch",
      "6",
      "--steps",
      "20",
      "--limit",
      "12",
      "--pad",
      "0",
      "--augment",
      "no",
    ];
    const trained = await script(project, ...data, ...some, "--out", run);
    assertEquals(trained.code, 0, trained.stderr);
    const words = [...data, "--events", "--evaluate", join(run, "best.safetensors")];
    const { stdout } = await script(project, ...words);
    const [line] = (await Deno.readTextFile(join(run, "metrics.jsonl"))).trim().split("\n").slice(
      -1,
    );
    assertEquals(JSON.parse(stdout), JSON.parse(line ?? ""));
  },
);

folderTest("of epochs and steps the one that is given decides", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  const path = join(project, "config.json");
  const json = JSON.parse(await Deno.readTextFile(path));
  json.config.recipe = { ...json.config.recipe, epochs: 2, steps: 3, validation: 0 };
  await Deno.writeTextFile(path, JSON.stringify(json));
  const data = ["--data", await dataFolder(dataset, folder), "--batch", "64"];
  for (
    const [i, [words, steps]] of ([[["--epochs", "3"], 6], [["--steps", "7"], 7]] as const)
      .entries()
  ) {
    const run = await script(project, ...data, ...words, "--out", join(folder, `run${i}`));
    assertStringIncludes(run.stdout, `step 0 of ${steps}\n`);
  }
});
