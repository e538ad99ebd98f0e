import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { orThrow } from "../../dsl/problem/throw.ts";
import {
  type Batch,
  batchCount,
  batches,
  type BatchOptions,
  type Images,
  type Normalization,
  perPixelMean,
} from "../../tasks/data/mod.ts";
import { cropFlip, cutout, inOrder, place } from "../../tasks/data/augment.ts";
import { numberedImages, randomImages } from "./_images.ts";
import { assertProblem } from "./_results.ts";

/** Leaves bytes as they are, but for the division by 255. */
const plain: Normalization = {
  kind: "per-channel",
  mean: new Float32Array(3),
  std: new Float32Array(3).fill(1),
};
const plainGrey: Normalization = {
  kind: "per-channel",
  mean: new Float32Array(1),
  std: Float32Array.of(1),
};

function options(change: Partial<BatchOptions> = {}): BatchOptions {
  return {
    size: 4,
    classes: 3,
    key: [1, 2],
    epoch: 0,
    normalization: plain,
    ...change,
  };
}

function all(images: Images, change: Partial<BatchOptions> = {}) {
  return [...orThrow(batches(images, options(change)))];
}

function batchAt(images: Images, index: number): Batch {
  const batch = all(images)[index];
  if (batch === undefined) throw new Error(`there is no batch ${index}`);
  return batch;
}

const augment = { pad: 2, flip: true } as const;

Deno.test("batches() puts images, labels and one-hot targets side by side", () => {
  const images = randomImages(5);
  const [first, second] = [batchAt(images, 0), batchAt(images, 1)];
  assertEquals([first.index, second.index], [0, 1]);
  assertEquals([first.count, second.count], [4, 1]);
  assertEquals(first.labels, images.labels.subarray(0, 4));
  for (let i = 0; i < 240; i++) {
    assertAlmostEquals(
      first.images[i] ?? NaN,
      (images.pixels[i] ?? 0) / 255,
      1e-7,
    );
  }
  const hot = [...first.labels].flatMap((label) => [0, 1, 2].map((k) => k === label ? 1 : 0));
  assertEquals([...first.targets], hot);
});

Deno.test("batches() pads the last batch by zeros or drops it", () => {
  const images = randomImages(5);
  const padded = batchAt(images, 1);
  assertEquals(padded.images.length, 240);
  assertEquals(padded.targets.length, 12);
  assert(padded.images.subarray(60).every((value) => value === 0));
  assert(padded.targets.subarray(3).every((value) => value === 0));
  assertEquals([...padded.labels.subarray(1)], [0, 0, 0]);
  assertEquals(all(images, { last: "drop" }).length, 1);
  assertEquals(batchCount(5, { size: 4 }), 2);
  assertEquals(batchCount(5, { size: 4, last: "drop" }), 1);
});

Deno.test("batches() shuffles each epoch into another order of the same images", () =>
  fc.assert(fc.property(
    fc.integer({ min: 2, max: 256 }),
    fc.integer({ min: 1, max: 70 }),
    fc.nat(),
    (count, size, seed) => {
      const images = numberedImages(count, 3);
      const order = (epoch: number) =>
        all(images, {
          size,
          epoch,
          key: [seed, 7],
          normalization: plainGrey,
          shuffle: true,
        }).flatMap(({ images, labels, count }) => {
          const seen = [...images.subarray(0, count)].map((value) => Math.round(value * 255));
          assertEquals(
            seen.map((image) => image % 3),
            [...labels.subarray(0, count)],
          );
          return seen;
        });
      const [first, second] = [order(0), order(1)];
      const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
      assertEquals(sorted(first), [...images.pixels]);
      assertEquals(sorted(second), [...images.pixels]);
      assertEquals(order(0), first);
      if (count > 20) assertNotEquals(first, second);
    },
  )));

Deno.test("batches() resumed at batch k are the tail of the epoch, bit for bit", () =>
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 20 }),
    fc.integer({ min: 1, max: 6 }),
    fc.nat(30),
    fc.constantFrom("pad" as const, "drop" as const),
    (count, size, at, last) => {
      const images = randomImages(count);
      const length = batchCount(count, { size, last });
      fc.pre(length > 0);
      const start = at % (length + 1);
      const change = { size, last, augment, shuffle: true, epoch: 3 };
      const whole = all(images, change);
      assertEquals(all(images, { ...change, start }), whole.slice(start));
      assertEquals(whole.length, length);
    },
  )));

Deno.test("batches() are decided by key, epoch and position alone", () => {
  const images = randomImages(20);
  const change = { augment, shuffle: true };
  assertEquals(all(images, change), all(images, change));
  for (const other of [{ epoch: 1 }, { key: [1, 3] as const }]) {
    assertNotEquals(all(images, change), all(images, { ...change, ...other }));
  }
  // The same position is placed the same way whatever the batch size.
  const pixels = (size: number) =>
    all(images, { ...change, size }).flatMap(({ images }) => [...images]);
  assertEquals(pixels(4), pixels(10));
});

/** The naive augmentation: normalise, pad, cut, mirror, each on its own. */
function naive(
  images: Images,
  normalization: Normalization,
  position: number,
  way: { top: number; left: number; mirrored: boolean },
): Float32Array {
  const [height, width, channels] = images.shape;
  const size = height * width * channels;
  const out = new Float32Array(size);
  const { mean } = normalization;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromY = y + way.top;
      const fromX = (way.mirrored ? width - 1 - x : x) + way.left;
      if (fromY < 0 || fromY >= height || fromX < 0 || fromX >= width) continue;
      for (let c = 0; c < channels; c++) {
        const from = (fromY * width + fromX) * channels + c;
        const byte = images.pixels[position * size + from] ?? 0;
        out[(y * width + x) * channels + c] = byte / 255 - (mean[from] ?? 0);
      }
    }
  }
  return out;
}

Deno.test("batches() crop, mirror and normalise as the separate steps would", () => {
  const images = randomImages(30, { shape: [5, 7, 3] });
  const normalization = orThrow(perPixelMean(images));
  const [batch] = all(images, { size: 30, augment, normalization });
  const size = 5 * 7 * 3;
  for (let position = 0; position < 30; position++) {
    const got = batch?.images.subarray(position * size, (position + 1) * size);
    const candidates = [-2, -1, 0, 1, 2].flatMap((top) =>
      [-2, -1, 0, 1, 2].flatMap((left) =>
        [false, true].map((mirrored) =>
          naive(images, normalization, position, { top, left, mirrored })
        )
      )
    );
    assert(
      candidates.some((one) => one.every((value, i) => value === got?.[i])),
      `image ${position} is no crop of its original`,
    );
  }
});

Deno.test("batches() draw every crop and both directions equally often", () => {
  const counts = new Map<string, number>();
  for (let position = 0; position < 9000; position++) {
    const { top, left, mirrored } = place({ pad: 1, flip: true }, [3, 4], position);
    const name = `${top},${left},${mirrored}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  assertEquals(counts.size, 18);
  for (const count of counts.values()) {
    assert(Math.abs(count - 500) < 120, `${count} of 500`);
  }
  const { top, left, mirrored } = place({ pad: 0, flip: false }, [3, 4], 0);
  assertEquals([top + 0, left + 0, mirrored], [0, 0, false]);
});

Deno.test("batches() refuse what cannot be an epoch", () => {
  const images = randomImages(5);
  const refused = (change: Partial<BatchOptions>, ...parts: string[]) =>
    assertProblem(batches(images, options(change)), ...parts);
  refused({ size: 0 }, "size (option)", "got     0");
  refused({ size: 6, last: "drop" }, "5 images, batches of 6");
  refused({ start: 3 }, "start (option)", "a batch from 0 to 2");
  refused({ augment: { pad: -1, flip: false } }, "augment: pad");
  refused({ classes: 2 }, "label 2 among 2 classes", "at least 3 classes");
  refused(
    { normalization: orThrow(perPixelMean(randomImages(2, { shape: [4, 4, 3] }))) },
    "a mean for 4x4x3, images of 4x5x3",
  );
  refused({ normalization: plainGrey }, "a mean for 4x5x1, images of 4x5x3");
  assertProblem(batches(randomImages(0), options()), "0 images");
});

/** One image of 2 x 3 grey pixels, 1 to 6. */
const counted: Images = {
  count: 1,
  shape: [2, 3, 1],
  pixels: Uint8Array.of(1, 2, 3, 4, 5, 6),
  labels: Uint8Array.of(0),
};

Deno.test("beyond its edge an image is reflected, where that is wanted", () => {
  const seen = (edge: "zeros" | "reflect") =>
    Array.from({ length: 60 }, (_, epoch) => {
      const change = { epoch, normalization: plainGrey, augment: { pad: 1, flip: false, edge } };
      return [...(all(counted, change)[0]?.images ?? [])].slice(0, 6)
        .map((value) => Math.round(value * 255)).join("");
    });
  // Shifted by a row and a column: what stood at the corner's neighbours comes in.
  assert(seen("reflect").includes("545212"));
  assert(seen("zeros").includes("000012"));
  assertEquals(seen("reflect").some((image) => image.includes("0")), false);
});

Deno.test("images mirrored alternately are so in every second epoch, half of them in the first", () => {
  const images = randomImages(200);
  const mirroredIn = (epoch: number) => {
    const change = { size: 200, epoch, augment: { pad: 0, flip: "alternating" as const } };
    const [batch] = all(images, change);
    const [own] = all(images, { size: 200, epoch });
    const length = (own?.images.length ?? 0) / 200;
    return Array.from({ length: 200 }, (_, i) => {
      const part = (values: Float32Array | undefined) =>
        values?.subarray(i * length, (i + 1) * length).join();
      return part(batch?.images) !== part(own?.images);
    });
  };
  const [first, second, third] = [mirroredIn(0), mirroredIn(1), mirroredIn(2)];
  assertEquals(second, first.map((mirrored) => !mirrored));
  assertEquals(third, first);
  const share = first.filter(Boolean).length / 200;
  assert(share > 0.35 && share < 0.65);
});

Deno.test("cutout() leaves a square of every image empty, anywhere on it", () => {
  const [count, height, width, size] = [200, 6, 7, 3];
  const images = randomImages(count, { shape: [height, width, 1] });
  const white = { ...images, pixels: images.pixels.map(() => 255) };
  const change = { size: count, normalization: plainGrey };
  const [batch] = all(white, { ...change, augment: cutout({ size }) });
  const seen = batch?.images ?? new Float32Array();
  const everywhere = new Set<number>();
  for (let i = 0; i < count; i++) {
    const empty = Array.from({ length: height * width }, (_, at) => at)
      .filter((at) => seen[i * height * width + at] === 0);
    for (const at of empty) everywhere.add(at);
    const [rows, columns] = [(at: number) => Math.floor(at / width), (at: number) => at % width]
      .map((of) => new Set(empty.map(of)).size);
    assert(empty.length > 0 && (rows ?? 0) <= size && (columns ?? 0) <= size);
    assertEquals(empty.length, (rows ?? 0) * (columns ?? 0));
  }
  assertEquals(everywhere.size, height * width);
  const both = inOrder(cropFlip({ pad: 1, flip: true }), cutout({ size }));
  const kept = JSON.parse(JSON.stringify(both));
  assertEquals(
    all(images, { ...change, augment: kept }),
    all(images, { ...change, augment: both }),
  );
  assertProblem(
    batches(images, options({ augment: { name: "cutout", options: { size: 0 } } })),
    "augment: size",
  );
});

Deno.test("a batch is brought to its own size, an average of what a pixel covers", () => {
  const change = { normalization: plainGrey, sizeOf: () => [1, 3] as const };
  const [batch] = all({ ...counted }, change);
  const got = [...(batch?.images.subarray(0, 3) ?? [])].map((value) => value * 255);
  got.forEach((value, i) => assertAlmostEquals(value, [2.5, 3.5, 4.5][i] ?? NaN, 1e-5));
  assertEquals(batch?.images.length, 4 * 3);
});

Deno.test("batches() refuses pixels that are no bytes, or too few", () => {
  const images = randomImages(5);
  const loose: (images: unknown, options: BatchOptions) => unknown = batches as never;
  for (const pixels of [Float32Array.from(images.pixels), [...images.pixels], undefined]) {
    assertThrows(() => loose({ ...images, pixels }, options()), Error, "bytes from 0 to 255");
  }
  const short = { ...images, pixels: images.pixels.subarray(1) };
  assertProblem(batches(short, options()), "the pixels fill the images exactly");
});
