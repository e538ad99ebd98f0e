import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { toJSON } from "../../dsl/net/json.ts";
import { chain } from "../../dsl/net/combinators.ts";
import { dense, flatten } from "../../layers/mod.ts";
import { type Ended, inFolder, run, SHAPES, type TaskName, TINY } from "./_task.ts";

/** A command line, and words that the message about it must have. */
type Case = readonly [
  task: TaskName,
  args: readonly string[],
  code: number,
  ...words: readonly string[],
];

function assertRefused(ended: Ended, code: number, words: readonly string[]): void {
  assertEquals(ended.code, code, ended.stderr);
  for (const word of words) assertStringIncludes(ended.stderr, word);
  assert(!/^ {4}at /m.test(ended.stderr), ended.stderr);
  assertEquals(ended.stderr.match(/^error: /gm)?.length, 1, ended.stderr);
  assertEquals(ended.stdout, "");
}

async function check(folder: string, cases: readonly Case[]): Promise<void> {
  for (const [task, args, code, ...words] of cases) {
    assertRefused(await run(folder, task, ...args), code, words);
  }
}

async function names(folder: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

/** Everything in a folder with its bytes, to see that nothing changes. */
async function contents(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) {
    files.set(name, (await Deno.readFile(join(folder, name))).toHex());
  }
  return files;
}

Deno.test("a command line with a mistake is refused with one message that names it", async () => {
  await inFolder(async (folder) => {
    await check(folder, [
      ["train", ["--epoch=2"], 2, "--epoch", "Did you mean", "`--epochs`"],
      ["train", ["--backend=wsm"], 2, "--backend", 'did you mean "wasm"?'],
      ["train", ["--engine=onx"], 2, "--engine", 'did you mean "onnx"?'],
      ["train", ["--engine=onnx", "--backend=wasm"], 2, "--backend belongs to --engine tfjs"],
      [
        "study",
        ["mask", "--engine=onnx", "--backend=wasm"],
        2,
        "--backend belongs to --engine tfjs",
      ],
      ["masks", ["runs/x", "0", "--backend=webgpu", "--threads=2"], 2, "the backend is webgpu"],
      ["report", ["runs/x", "--engine=onnx", "--backend=wasm"], 2, "the engine is onnx"],
      ["train", ["--threads=0"], 2, "--threads", "a whole number of at least 1"],
      ["train", ["--resume=runs/x", "--threads=2", "--backend=cpu"], 2, "the backend is cpu"],
      ["train", ["--schedule=cosin"], 2, 'did you mean "cosine"?'],
      ["train", ["--optimizer=adam"], 2, 'did you mean "adamw"?'],
      ["train", ["--lr=-1"], 2, "--lr", "a number above 0", '"-1"'],
      ["train", ["--lr=abc"], 2, "a number above 0", '"abc"'],
      ["train", ["--epochs=0"], 2, "--epochs", "a whole number of at least 1"],
      ["train", ["--batch=1.5"], 2, "--batch", "a whole number of at least 1"],
      ["train", ["--label-smoothing=1"], 2, "of at least 0 and below 1"],
      ["train", ["--rates=beta=2"], 2, "factors of at least 0 by name"],
      ["train", ["--sizes=24:0.5,20:0.3"], 2, "rising share"],
      ["train", ["--preset=imagenet", "--flip=alternating"], 2, "use random or no"],
      ["train", ["--momentum=0.5", "--optimizer=adamw"], 2, "--momentum belongs to"],
      ["train", ["--momentum=0.5"], 2, "and the optimizer is groups"],
      ["train", ["--weight-decay=0.1", "--preset=minute"], 2, "--weight-decay belongs to"],
      ["train", ["--resume=runs/x", "--lr=1", "net.json"], 2, "leave out NET, --lr"],
      ["train", ["--cutout=40"], 1, "cutout (option)", "40 pixels, of images of 32x32"],
      ["train", ["--sizes=20:0.2,40:0.5"], 1, "sizes (option)", "32 pixels at most"],
      ["show", ["shapes", "--cutout=33"], 1, "cutout (option)", "wanted  32 pixels at most"],
      ["show", ["folder:none", "--out=elsewhere"], 1, "--allow-write=elsewhere"],
      ["train", ["net.json", "--rates=scale=2", "--optimizer=muon"], 1, "leave --rates out"],
      ["train", ["net.json", "--rates=bias=3,scale=2", "--preset=fast"], 1, "give --rates bias=3"],
      ["find-rate", ["--schedule=cosine"], 2, "--schedule is for train alone", "--min-lr"],
      ["find-rate", ["--warmup", "0.1"], 2, "--warmup is for train alone"],
      ["find-rate", ["--lr=0.1"], 2, "--lr is for train alone"],
      ["find-rate", ["--epochs=2"], 2, "as many steps as --steps says"],
      ["find-rate", ["--resume=runs/x"], 2, "the test makes no run"],
      ["train", ["a", "b"], 2, '"b"'],
      ["train", ["cifar/atention-56"], 1, 'did you mean "cifar/attention-56"?'],
      ["train", ["--data=shape"], 1, 'did you mean "shapes"?'],
      ["train", ["none.json"], 1, "none.json (file): the file must exist"],
      ["evaluate", [], 2, "The folder of a run is missing"],
      ["export", ["cifar/plain"], 2, "--format is missing: onnx, tfjs or torch"],
      ["evaluate", ["runs/x", "--split=tst"], 2, 'did you mean "test"?'],
      ["evaluate", ["runs/x"], 1, "the folder must be that of a run"],
      ["evaluate", ["runs/x", "--threads=2", "--backend=cpu"], 2, "--threads belongs to --engine"],
      ["predict", ["runs/x", "a.png", "--engine=onnx", "--backend=cpu"], 2, "--backend belongs to"],
      ["predict", ["runs/x"], 2, "Images are missing"],
      ["summary", ["cifar/attention-56", "--input=32x32"], 2, "--input", "32x32x3"],
      ["summary", ["cifar/attention-56", "--input=1x1x3"], 1, "stage1.module1", "wanted"],
      ["summary", ["net.json"], 1, "--input 32x32x3"],
      ["summary", ["cifar/attention-65", "--format=jsn"], 2, 'did you mean "json"?'],
      ["doctor", ["--formt=json"], 2, "Did you mean `--format`?"],
    ]);
    assertEquals(await names(folder), ["net.json"]);
  });
});

Deno.test("train refuses what cannot be trained and leaves no run folder", async () => {
  await inFolder(async (folder) => {
    const other = toJSON(chain(flatten(), dense(7)));
    await Deno.writeTextFile(join(folder, "seven.json"), other);
    const huge = toJSON(chain(flatten(), dense(200_000), dense(200_000), dense(10)));
    await Deno.writeTextFile(join(folder, "huge.json"), huge);
    await Deno.writeTextFile(join(folder, "bad.json"), '{"netfold": 1, "net": {"kind": "chian"}}');
    await Deno.mkdir(join(folder, "runs/full"), { recursive: true });
    await Deno.writeTextFile(join(folder, "runs/full/notes.txt"), "mine");
    const shapes = [SHAPES, "--backend=cpu"];
    await check(folder, [
      ["train", ["seven.json", ...shapes], 1, "one logit for each class", "7"],
      ["train", ["bad.json", ...shapes], 1, "bad.json: net.kind", 'did you mean "chain"?'],
      ["train", ["net.json", ...shapes, "--limit=5"], 1, "an epoch has at least one batch"],
      ["train", [...TINY, "--validation=80"], 1, "validation"],
      ["train", ["huge.json", ...TINY.slice(1)], 1, "must fit the memory", "a smaller network"],
      ["train", ["net.json", ...shapes, "--limit=99999"], 1, "limit", "99999"],
      ["train", [...TINY, "--out=elsewhere"], 1, "--allow-write=elsewhere"],
      ["train", [...TINY, "--out=runs/full"], 1, "runs/full (folder)", "choose another folder"],
    ]);
    assertEquals(await names(join(folder, "runs")), ["full"]);
    assertEquals(await Deno.readTextFile(join(folder, "runs/full/notes.txt")), "mine");
  });
});

Deno.test("a run folder with damaged or foreign files is refused and stays as it is", async () => {
  await inFolder(async (folder) => {
    const made = await run(folder, "train", ...TINY, "--steps=1", "--out=runs/good");
    assertEquals(made.code, 0, made.stderr);
    const wide = toJSON(chain(flatten(), dense(10)));
    await Deno.writeTextFile(join(folder, "wide.json"), wide);
    const args = ["wide.json", ...TINY.slice(1), "--steps=1", "--out=runs/other"];
    const other = await run(folder, "train", ...args);
    assertEquals(other.code, 0, other.stderr);
    await Deno.writeTextFile(join(folder, "text.png"), "not an image");

    const good = await Deno.readFile(join(folder, "runs/good/last.safetensors"));
    const damaged: Readonly<Record<string, Uint8Array>> = {
      short: good.subarray(0, good.length - 9),
      flipped: good.with(good.length - 100, (good.at(-100) ?? 0) ^ 1),
      absurd: Uint8Array.of(...new Array(7).fill(255), 127, ...good.subarray(8)),
      empty: new Uint8Array(),
      foreign: await Deno.readFile(join(folder, "runs/other/last.safetensors")),
    };
    for (const [name, bytes] of Object.entries(damaged)) {
      const run = join(folder, "runs", name);
      await Deno.mkdir(run);
      await Deno.copyFile(join(folder, "runs/good/config.json"), join(run, "config.json"));
      for (const file of ["last", "best"]) {
        await Deno.writeFile(`${run}/${file}.safetensors`, bytes);
      }
    }
    const before = await contents(join(folder, "runs/flipped"));
    const rules: Readonly<Record<string, string>> = {
      short: "last.safetensors",
      flipped: "checksum",
      absurd: "header",
      empty: "last.safetensors",
      foreign: "belongs to another network",
    };
    await check(folder, [
      ...["flipped", "foreign"].map((name): Case => {
        return ["train", [`--resume=runs/${name}`], 1, "cannot resume", rules[name] ?? ""];
      }),
      ...Object.entries(rules).map(([name, rule]): Case => {
        const args = [`runs/${name}`, "--weights=last", "--backend=cpu"];
        return ["evaluate", args, 1, "cannot evaluate", rule];
      }),
      ["predict", ["runs/good", "text.png", "none.png"], 1, "text.png", "none.png"],
      ["train", [...TINY, "--out=runs/good"], 1, "must not be written over", "--resume runs/good"],
      // Before the data are looked for, which can take long to fetch.
      ["train", ["--data=folder:none", "--out=runs/good"], 1, "must not be written over"],
    ]);
    assertEquals(await contents(join(folder, "runs/flipped")), before);
  });
});
