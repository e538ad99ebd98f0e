/** The masks of test pictures that a run keeps as it trains, wherever it is stopped. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { arl, chain, ema, orThrow, sgd } from "../../mod.ts";
import { conv, sigmoid } from "../../layers/mod.ts";
import { assertProblem } from "../data/_results.ts";
import { lookAt } from "../../tasks/masks/attention.ts";
import { masksFile, readMasks } from "../../tasks/masks/kept_masks.ts";
import { meanMap } from "../../tasks/masks/maps.ts";
import { resume, train } from "../../tasks/training/mod.ts";
import { resumeOnTorch, trainOnTorch } from "../../tasks/training/torch.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, recipe, stopAfter, tinyNet } from "./_runs.ts";

const net = chain(arl(conv("same"), chain(conv("same"), sigmoid())), tinyNet());
const optimizer = ema(0.9, sgd());
const request = { net, data: bands, recipe: { ...recipe, optimizer }, engine, masks: 2 };
const quiet = { log: false } as const;
const again = { ...quiet, engine, dataset: bands, optimizer };

Deno.test("the masks that a run keeps are those of its weights after each epoch", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    orThrow(await train({ ...request, out }, quiet));
    const { pictures, epochs } = orThrow(await readMasks({ folder: out }));
    const { classes, test } = bands;
    assertEquals(
      pictures.map(({ label, pixels }) => [label, Uint8Array.fromBase64(pixels)]),
      [0, 1].map((i) => [
        classes[test.labels[i] ?? NaN],
        test.pixels.slice(i * 8 * 8 * 3, (i + 1) * 8 * 8 * 3),
      ]),
    );
    assertEquals(epochs.map(({ epoch, step }) => [epoch, step]), [[0, 0], [1, 4], [2, 8], [3, 12]]);

    // The best weights are those of an epoch, averaged as they are measured.
    const trained = await openTrained(out, {}, {});
    const { epoch } = trained.checkpoint.position;
    const images = pictures.map(({ height, width, pixels }) => ({
      height,
      width,
      pixels: Uint8Array.fromBase64(pixels),
    }));
    const seen = orThrow(await lookAt(trained, images, engine));
    const kept = epochs.find((one) => one.epoch === epoch)?.looks ?? [];
    assertEquals(kept.map(({ guess }) => guess), seen.map(({ guess }) => guess));
    for (const [i, { attentions }] of seen.entries()) {
      for (const [j, { path, mask }] of attentions.entries()) {
        const { low = NaN, high = NaN, pixels = "", ...one } = kept[i]?.masks[j] ?? {};
        assertEquals(one, { path, height: mask.height, width: mask.width });
        const values = Float32Array.from(
          Uint8Array.fromBase64(pixels),
          (byte) => low + byte / 255 * (high - low),
        );
        const step = (high - low) / 255;
        meanMap(mask).data.forEach((value, at) => {
          assert(Math.abs(value - (values[at] ?? NaN)) <= step, `${path} at ${at}`);
        });
      }
    }
    assertNotEquals(epochs[0]?.looks, epochs[3]?.looks);
  });
});

Deno.test("a run keeps the same masks however often it is stopped, and killed between files", async () => {
  await withFolder(async (folder) => {
    const [whole, stopped] = [join(folder, "whole"), join(folder, "stopped")];
    orThrow(await train({ ...request, out: whole }, quiet));
    const wanted = await Deno.readTextFile(masksFile({ folder: whole }));

    orThrow(await train({ ...request, out: stopped }, { ...quiet, ...stopAfter(5) }));
    const path = masksFile({ folder: stopped });
    // Killed after masks of an epoch that has no checkpoint, in the midst of the next ones.
    const newer = wanted.split("\n").slice(3).join("\n").slice(0, -9);
    await Deno.writeTextFile(path, newer, { append: true });
    const copy = join(folder, "on-torch");
    await Deno.mkdir(copy);
    for (const { name } of await Array.fromAsync(Deno.readDir(stopped))) {
      await Deno.copyFile(join(stopped, name), join(copy, name));
    }
    orThrow(await resume(stopped, { ...again, ...stopAfter(3) }));
    assert(orThrow(await resume(stopped, again)).finished);
    assertEquals(await Deno.readTextFile(path), wanted);

    // PyTorch keeps none, and leaves none that are of other weights than those it resumes with.
    const told: string[] = [];
    const onWarning = (text: string) => void told.push(text);
    const torch = { log: false, dataset: bands, optimizer, python: "no-such-python", onWarning };
    assertProblem(await resumeOnTorch(copy, torch), "no-such-python");
    assertEquals(
      await Deno.readTextFile(masksFile({ folder: copy })),
      `${wanted.split("\n").slice(0, 3).join("\n")}\n`,
    );
    assertEquals(told, ["PyTorch keeps no masks: those of its epochs are missing"]);
  });
});

Deno.test("masks are refused where there are none to keep, before a folder is made", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const plain = { ...request, net: tinyNet(), out };
    assertProblem(await train(plain, quiet), "masks (option)", "nothing attends");
    assertProblem(
      await train({ ...request, masks: 14, out }, quiet),
      "masks (option)",
      "at most 13",
    );
    assertProblem(await train({ ...request, masks: 0, out }, quiet), "masks (argument)", "0");
    const { test: _, ...untested } = bands;
    assertProblem(await train({ ...request, data: untested, out }, quiet), "at most 0");
    assertProblem(
      await trainOnTorch({ ...request, out }, quiet),
      "engine (torch)",
      "masks of 2 pictures",
    );
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});
