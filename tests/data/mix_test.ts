/** Mixed images: what is drawn, that images and targets go together, and where a resumed run begins. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { split } from "../../dsl/programs/random.ts";
import { batches, type BatchOptions } from "../../tasks/data/mod.ts";
import { symmetricBeta } from "../../tasks/data/mix.ts";
import { randomImages } from "./_images.ts";
import { assertProblem } from "./_results.ts";

const SIZE = 6;
const CLASSES = 5;
const images = randomImages(24, { shape: [8, 10, 3], classes: CLASSES });
const options: BatchOptions = {
  size: SIZE,
  classes: CLASSES,
  key: [1, 2],
  epoch: 3,
  normalization: {
    kind: "per-channel",
    mean: new Float32Array(3),
    std: new Float32Array(3).fill(1),
  },
  shuffle: true,
};
const made = (change: Partial<BatchOptions>) => [
  ...orThrow(batches(images, { ...options, ...change })),
];

/** Of each batch the parts of every image, its own and its partner's, and their targets, with and without mixing. */
function pairs(mix: BatchOptions["mix"]) {
  const plain = made({});
  return made({ ...(mix && { mix }) }).flatMap((batch, b) => {
    const part = (of: Float32Array | undefined, i: number) => {
      const length = (of?.length ?? 0) / SIZE;
      return of?.subarray(i * length, (i + 1) * length) ?? new Float32Array();
    };
    return Array.from({ length: SIZE }, (_, i) => {
      const [mine, theirs] = [i, SIZE - 1 - i].map((at) => ({
        image: part(plain[b]?.images, at),
        target: part(plain[b]?.targets, at),
      }));
      const mixed = { image: part(batch.images, i), target: part(batch.targets, i) };
      const [own, other] = [mine?.target, theirs?.target].map((of) => of?.indexOf(1) ?? NaN);
      const share = own === other ? undefined : mixed.target[own ?? NaN] ?? NaN;
      return { mine, theirs, mixed, share };
    });
  });
}

Deno.test("mixup takes one share of images and of targets", () => {
  const seen = new Set<number>();
  for (const { mine, theirs, mixed, share } of pairs({ mixup: 1 })) {
    assertAlmostEquals(mixed.target.reduce((a, b) => a + b), 1, 1e-6);
    if (share === undefined) continue;
    seen.add(share);
    mixed.image.forEach((value, at) => {
      const wanted = share * (mine?.image[at] ?? NaN) + (1 - share) * (theirs?.image[at] ?? NaN);
      assertAlmostEquals(value, wanted, 1e-6);
    });
  }
  // One share for each batch.
  assert(seen.size >= 2 && seen.size <= 4, [...seen].join());
});

Deno.test("CutMix takes a rectangle of the other image, and as much of its target", () => {
  const areas = pairs({ cutmix: 1 }).flatMap(({ mine, theirs, mixed, share }) => {
    const isOther = [...mixed.image].map((value, at) => {
      assert(value === mine?.image[at] || value === theirs?.image[at]);
      return value !== mine?.image[at];
    });
    if (share === undefined) return [];
    const area = isOther.filter(Boolean).length / isOther.length;
    // Where two images are of one colour by chance, one cannot tell whose a value is.
    assertAlmostEquals(area, 1 - share, 0.05);
    return [area];
  });
  assert(areas.some((area) => area > 0.1));
});

Deno.test("with both each batch draws one of them, and a batch is the same wherever an epoch begins", () => {
  const both = { mix: { mixup: 0.4, cutmix: 1 } };
  const ways = Array.from({ length: 8 }, (_, epoch) => {
    const [plain, mixed] = [made({ epoch }), made({ epoch, ...both })];
    return mixed.map(({ images }, b) => {
      const own = new Set(plain[b]?.images);
      return images.every((value) => own.has(value));
    });
  }).flat();
  assertEquals(new Set(ways).size, 2);
  assertEquals(made({ ...both, start: 2 }), made(both).slice(2));
  assertProblem(batches(images, { ...options, mix: { mixup: 0 } }), "mix: mixup", "above 0");
});

Deno.test("shares are of the beta distribution", () => {
  for (const alpha of [0.2, 1, 8]) {
    const draws = Array.from({ length: 20_000 }, (_, i) => symmetricBeta(split([5, 6], i), alpha));
    const mean = draws.reduce((a, b) => a + b) / draws.length;
    const square = draws.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / draws.length;
    const fourth = draws.reduce((sum, x) => sum + (x - 0.5) ** 4, 0) / draws.length;
    assert(draws.every((x) => x >= 0 && x <= 1));
    assertAlmostEquals(mean, 0.5, 0.01);
    const variance = 1 / (4 * (2 * alpha + 1));
    assertAlmostEquals(square, variance, 0.03 * variance);
    // The kurtosis of a symmetric beta distribution is 3 - 6 / (2 alpha + 3).
    assertAlmostEquals(fourth / square ** 2, 3 - 6 / (2 * alpha + 3), 0.1);
  }
});
