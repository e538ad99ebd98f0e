/** What the board's page computes: a training with its masks, what a trained network sees, and pixels. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { coloursOf, pixelsOf } from "../../tasks/board/page/pixels.ts";
import {
  numberIn,
  paramsOf,
  type Settings,
  settingsOf,
  wrongIn,
} from "../../tasks/board/page/train/settings.ts";
import { begun, isGoing, type Training, withTold } from "../../tasks/board/page/train/training.ts";
import * as source from "../../tasks/board/page/try/source.ts";
import type { TrainTold } from "../../tasks/board/page/worker/messages.ts";
import { trainHere } from "../../tasks/board/page/worker/training.ts";
import { openTrying, secondsOf, tried } from "../../tasks/board/page/worker/trying.ts";
import { PRETRAINED_NAMES } from "../../tasks/networks/pretrained.ts";
import { prepareImage } from "../../tasks/data/prepare_image.ts";
import { lookAt } from "../../tasks/masks/attention.ts";
import { gradCams } from "../../tasks/masks/grad_cam.ts";
import { predict } from "../../tasks/training/mod.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { withFolder } from "../files/_folder.ts";
import { problemsOf } from "../_problems.ts";

const engine = orThrow(await tfjsEngine({ backend: "wasm" }));

const USUAL = settingsOf(new URLSearchParams());
const OTHERS: Settings = { p: 1, t: 2, r: 2, seed: 7, steps: 20, learning: "nal", data: "shapes" };

Deno.test("an address holds what is trained; what it says wrongly is told, and the usual", () => {
  assertEquals(settingsOf(paramsOf(OTHERS)), OTHERS);
  assertEquals(settingsOf(paramsOf(USUAL)), USUAL);
  const wrong = "p=9&t=0&r=x&seed=-1&steps=1e3&learning=constructor&data=toString";
  assertEquals(settingsOf(new URLSearchParams(wrong)), USUAL);
  assertEquals(
    wrongIn(new URLSearchParams(`${wrong}&speed=3`)).map(({ code, path }) => `${code} ${path}`),
    [
      "unknown-name speed",
      ...["p", "t", "r", "seed", "steps", "learning", "data"].map((name) =>
        `invalid-argument ${name}`
      ),
    ],
  );
  for (const settings of [OTHERS, USUAL]) assertEquals(wrongIn(paramsOf(settings)), []);
  assertEquals([numberIn("seed", "0"), numberIn("seed", ""), numberIn("steps", "9")], [
    0,
    undefined,
    undefined,
  ]);
});

Deno.test("an address holds which network is tried", () => {
  const sources: readonly source.Source[] = [
    { kind: "run", name: "a & b=c", weights: "last" },
    { kind: "run", name: "a", weights: "worst" },
    { kind: "pretrained", name: "cifar/attention-8-wide" },
  ];
  for (const one of sources) {
    assertEquals(source.unknownIn(source.paramsOf(one)), []);
    assertEquals(source.sourceOf(new URLSearchParams(`${source.paramsOf(one)}`)), one);
  }
  const first = { kind: "pretrained", name: PRETRAINED_NAMES[0] } as const;
  assertEquals(source.sourceOf(new URLSearchParams()), first);
  const odd = source.unknownIn(new URLSearchParams("run=a&pretrained=b&weight=last"));
  assertEquals(odd.map(({ path, hint }) => `${path}: ${hint}`), [
    "pretrained: leave it out",
    'weight: did you mean "weights"?',
  ]);
});

Deno.test("a training in the page tells its steps, and its masks while they form", async () => {
  let training: Training = begun(OTHERS, 1);
  const masks: number[][] = [];
  const tell = (told: TrainTold) => {
    training = withTold(training, told);
    if (told.kind === "looks") masks.push([...told.looks[0]?.masks[0]?.map.data ?? []]);
  };
  assert(isGoing(training));
  orThrow(await trainHere(OTHERS, engine, tell));
  const { course: { steps }, shown, looks, step, state, accuracy = NaN } = training;
  assertEquals(steps.step, Array.from({ length: 20 }, (_, i) => i + 1));
  assert(steps.loss.every(Number.isFinite) && accuracy >= 0 && accuracy <= 1);
  assertEquals([state, step, isGoing(training)], ["done", 20, false]);
  assertEquals(new Set(shown.map(({ label }) => label)).size, shown.length);
  assertEquals(looks.length, shown.length);
  assertEquals(looks[0]?.masks.map(({ path, map: { height } }) => [path, height]), [
    ["stage1.module1", 32],
    ["stage2.module1", 16],
  ]);
  const [first = [], last = []] = [masks[0], masks.at(-1)];
  assert(masks.length >= 2 && first.some((value, i) => value !== last[i]));

  const again: number[] = [];
  const note = (told: TrainTold) => told.kind === "step" && again.push(told.record.loss);
  orThrow(await trainHere({ ...OTHERS, steps: 3 }, engine, note));
  assertEquals(again[0], steps.loss[0]);
});

Deno.test("a training that meets a problem is stopped by it", () => {
  const problem = { path: "", layer: "", code: "x", rule: "", got: "", wanted: "", hint: "" };
  const stopped = withTold(begun(OTHERS, 8), { kind: "problems", problems: [problem] });
  assertEquals([stopped.state, stopped.problems, isGoing(stopped)], ["stopped", [problem], false]);
});

Deno.test("a picture is seen in the page as predict and masks see it", async () => {
  await withFolder(async (folder) => {
    const [name = ""] = PRETRAINED_NAMES;
    const data = Uint8Array.from({ length: 40 * 50 * 3 }, (_, i) => (i * i) % 251);
    const bytes = encode({ width: 50, height: 40, data, channels: 3, depth: 8 });
    const path = join(folder, "a.png");
    await Deno.writeFile(path, bytes);
    const trained = await openTrained(name, {}, {});
    const before = engine.liveTensors();
    const open = openTrying(trained, engine);
    const found = orThrow(await tried(open, { name: "a.png", bytes }));
    // A look draws maps; the network alone is faster.
    const seconds = orThrow(await secondsOf(open));
    assert(seconds > 0 && seconds < found.seconds, `${seconds} ${found.seconds}`);
    const [wanted] = orThrow(await predict(name, [path], { engine }));
    assertEquals(found.guesses.map(({ name }) => name), wanted?.guesses.map(({ name }) => name));
    for (const [i, { probability }] of found.guesses.entries()) {
      assertAlmostEquals(probability, wanted?.guesses[i]?.probability ?? NaN, 1e-6);
    }
    const picture = { width: 50, height: 40, pixels: data };
    const [seen] = orThrow(await lookAt(trained, [picture], engine));
    assertEquals(found.attentions, seen?.attentions);
    const { classes: all, normalization } = trained.checkpoint;
    const values = orThrow(
      prepareImage(picture, { height: 32, width: 32, channels: 3, normalization }),
    );
    const classes = found.guesses.map(({ name }) => all.indexOf(name));
    assertEquals(found.cams, await gradCams(trained, { values, classes }, engine));
    assert(found.cams[0]?.data.some((value) => value > 0));
    assertEquals(found.picture.pixels.length, 32 * 32 * 3);
    const none = await tried(open, { name: "b.png", bytes: bytes.slice(0, 60) });
    assertEquals(problemsOf(none).map(({ path }) => path), ["b.png"]);

    // The next look takes what is loaded, sees the same, and leaves nothing behind.
    const kept = engine.liveTensors();
    const { seconds: _, ...again } = orThrow(await tried(open, { name: "a.png", bytes }));
    const { seconds: __, ...first } = found;
    assertEquals([again, engine.liveTensors()], [first, kept]);
    open.close();
    assertEquals(engine.liveTensors(), before);
  });
});

Deno.test("pixels are those of a picture, and a map's range of colours", () => {
  const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6);
  assertEquals([...pixelsOf({ height: 1, width: 2, pixels }).rgba], [1, 2, 3, 255, 4, 5, 6, 255]);
  const map = { height: 1, width: 3, channels: 1, data: Float32Array.of(-1, 0, 3) };
  const { rgba } = coloursOf(map);
  assertEquals([...rgba.slice(0, 4)], [68, 1, 84, 255]);
  assertEquals([...rgba.slice(8)], [253, 231, 37, 255]);
  const flat = coloursOf({ ...map, data: new Float32Array(3) });
  assertEquals([...flat.rgba.slice(0, 3)], [...flat.rgba.slice(4, 7)]);
});
