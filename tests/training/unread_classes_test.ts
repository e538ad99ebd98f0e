/** A class of which no picture can be read ends what needs it. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { chain, orThrow } from "../../mod.ts";
import { conv, dense, flatten, relu } from "../../layers/mod.ts";
import { folder } from "../../tasks/data/mod.ts";
import { evaluate, train } from "../../tasks/training/mod.ts";
import { readClasses } from "../../tasks/training/unread_classes.ts";
import { png, withFolder } from "../data/_pictures.ts";
import { assertProblem } from "../data/_results.ts";

/** A file that looks whole at a glance. */
const DAMAGED = png(20, 20).map((byte, i) => i === 60 ? byte ^ 4 : byte);

function pictures(part: string): Readonly<Record<string, Uint8Array>> {
  return Object.fromEntries(
    ["blue", "red"].flatMap((name, hue) =>
      [0, 1, 2].map((i) => [`${part}/${name}/${i}.png`, png(12 + i, 12, { hue: 2 * hue })])
    ),
  );
}

const WHOLE = { ...pictures("train"), ...pictures("val") };
const ALL = [0, 1, 2];
const damaged = (part: string, places: readonly number[]) =>
  Object.fromEntries(places.map((i) => [`${part}/red/${i}.png`, DAMAGED]));

async function trained(root: string) {
  const data = orThrow(await folder(root, { size: 8 }));
  const net = chain(conv(2, { kernel: 3, stride: 2 }), relu(), flatten(), dense(2));
  const recipe = { epochs: 1, batch: 3, rate: 0.01, validation: 0, augment: "none" } as const;
  return await train({ net, data, out: join(root, "run"), recipe, backend: "cpu" });
}

Deno.test("a class of which no training picture can be read ends the training", async () => {
  await withFolder({ ...WHOLE, ...damaged("train", ALL) }, async (root) => {
    assertProblem(
      await trained(root),
      `${join(root, "train", "red")} (data set): a class has at least one picture`,
      "2 more of its pictures",
    );
  });
});

Deno.test("a class of which no test picture can be read is not measured around", async () => {
  await withFolder({ ...WHOLE, ...damaged("val", ALL) }, async (root) => {
    assertProblem(await trained(root), join(root, "val", "red"), "the chunk");
    const again = await evaluate(join(root, "run"), {
      backend: "cpu",
      dataset: `folder:${root},size=8`,
    });
    assertProblem(again, "a class has at least one picture that can be read");
  });
  await withFolder({ ...WHOLE, ...damaged("val", [0, 2]) }, async (root) => {
    assertEquals(orThrow(await trained(root)).test?.images, 4);
  });
});

Deno.test("a training part without one picture that can be read is refused at once", async () => {
  const blue = ALL.map((i) => [`train/blue/${i}.png`, DAMAGED]);
  const files = { ...WHOLE, ...damaged("train", ALL), ...Object.fromEntries(blue) };
  await withFolder(files, async (root) => {
    assertProblem(
      await folder(root, { size: 8 }),
      "a part of the data has pictures that can be read",
      "6 that cannot be",
      "the chunk IDAT has a wrong checksum",
    );
  });
});

Deno.test("of images that are held out one must be readable, and not one of each class", () => {
  const problem = {
    path: "a/b.png",
    layer: "file",
    code: "",
    rule: "",
    got: "",
    wanted: "",
    hint: "",
  };
  const batch = (...broken: readonly number[]) => ({
    index: 0,
    images: new Float32Array(),
    targets: new Float32Array(),
    labels: Uint8Array.of(0, 1),
    count: 2,
    broken: new Map(broken.map((i) => [i, problem])),
  });
  const labels = Uint8Array.of(0, 1);
  const found = (drawn: boolean, ...broken: readonly number[]) => {
    const read = readClasses({ labels }, { drawn });
    read.add(batch(...broken));
    return read.problems().length;
  };
  assertEquals([found(true, 1), found(true, 0, 1)], [0, 2]);
  assertEquals([found(false), found(false, 1), found(false, 0, 1)], [0, 1, 2]);
});
