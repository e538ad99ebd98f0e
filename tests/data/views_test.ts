import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { seedKey, split } from "../../dsl/programs/random.ts";
import { ColourSums, principalDirections } from "../../tasks/data/_colours.ts";
import { boxOf, type View, viewOf } from "../../tasks/data/_views.ts";
import { asMeasured } from "../../tasks/data/as_measured.ts";

const SIZE = { height: 224, width: 224, shorter: 256 };

Deno.test("the middle view leaves the margin that the shorter side says", () => {
  const box = boxOf({ width: 512, height: 256 }, { kind: "middle" }, SIZE);
  assertEquals(box, { top: 16, left: 144, height: 224, width: 224, mirrored: false });
  const small = boxOf({ width: 3, height: 1 }, { kind: "middle" }, SIZE);
  assertEquals([small.height, small.width], [1, 1]);
});

Deno.test("random views keep to the area and the proportions that they may have", () => {
  const picture = { width: 300, height: 200 };
  let mirrored = 0;
  for (let i = 0; i < 500; i++) {
    const view: View = {
      kind: "random",
      key: split(seedKey(2), i),
      area: [0.2, 0.8],
      ratio: [3 / 4, 4 / 3],
      flip: true,
    };
    const box = boxOf(picture, view, SIZE);
    const share = box.height * box.width / (300 * 200);
    assert(share > 0.195 && share < 0.81, `${share}`);
    assert(box.width / box.height > 0.73 && box.width / box.height < 1.36);
    assert(box.top >= 0 && box.top + box.height <= 200);
    assert(box.left >= 0 && box.left + box.width <= 300);
    if (box.mirrored) mirrored++;
  }
  assert(mirrored > 200 && mirrored < 300);
});

Deno.test("a picture that no random part fits shows its middle", () => {
  const view: View = { kind: "random", key: [1, 2], area: [1, 1], ratio: [1, 1], flip: false };
  const box = boxOf({ width: 100, height: 10 }, view, SIZE);
  assertEquals(box, { top: 0, left: 45, height: 10, width: 10, mirrored: false });
});

Deno.test("viewOf() cuts, scales and mirrors pixels", () => {
  const pixels = Uint8Array.from({ length: 4 * 2 * 3 }, (_, i) => Math.floor(i / 3) * 10);
  const picture = { width: 4, height: 2, pixels };
  const size = { height: 2, width: 2, shorter: 2 };
  const reds = (view: View) =>
    Array.from(viewOf(picture, view, size)).filter((_, i) => i % 3 === 0);
  assertEquals(reds({ kind: "middle" }), [10, 20, 50, 60]);
  assertEquals(reds({ kind: "ten", index: 1 }), [20, 30, 60, 70]);
  assertEquals(reds({ kind: "ten", index: 6 }), [30, 20, 70, 60]);
});

Deno.test("principal directions are those of the covariance", () => {
  // Eigenvalues 9, 4 and 1 along known directions.
  const axes = [[2, 2, 1], [-2, 1, 2], [1, -2, 2]].map((axis) => axis.map((v) => v / 3));
  const values = [9, 4, 1];
  const matrix = Float64Array.from({ length: 9 }, (_, i) =>
    axes.reduce(
      (sum, axis, k) =>
        sum + (values[k] ?? 0) * (axis[Math.floor(i / 3)] ?? 0) * (axis[i % 3] ?? 0),
      0,
    ));
  const found = principalDirections(matrix);
  axes.forEach((axis, k) => {
    const vector = [...found.subarray(k * 3, k * 3 + 3)];
    const along = vector.reduce((sum, v, i) => sum + v * (axis[i] ?? 0), 0);
    assertAlmostEquals(Math.abs(along), Math.sqrt(values[k] ?? 0), 1e-5);
  });
});

Deno.test("the colours of images are summed up as if they were one", () => {
  const sums = new ColourSums();
  sums.add(Uint8Array.of(0, 0, 0, 255, 255, 255));
  sums.add(Uint8Array.of(255, 0, 0, 0, 255, 255));
  const { mean, std } = sums.statistics();
  assertEquals([...mean], [0.5, 0.5, 0.5]);
  assertEquals([...std], [0.5, 0.5, 0.5]);
});

Deno.test("a picture for a network of a folder is seen as the folder's test pictures are", () => {
  const pixels = Uint8Array.from({ length: 40 * 8 * 3 }, (_, i) => i % 251);
  const picture = { width: 40, height: 8, pixels };
  const size = { height: 7, width: 7 };
  for (const [data, shorter] of [["folder:some/where,size=7", 8], ["folder:a,shorter=7", 7]]) {
    const seen = asMeasured(picture, `${data}`, size);
    const view = viewOf(picture, { kind: "middle" }, { ...size, shorter: Number(shorter) });
    assertEquals(seen, { ...size, pixels: view });
  }
  assertEquals(asMeasured(picture, "cifar10", size), picture);
});
