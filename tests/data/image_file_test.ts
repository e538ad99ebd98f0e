import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { encode as encodePng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { orThrow } from "../../dsl/problem/throw.ts";
import { decodeImage, readImage } from "../../tasks/data/mod.ts";
import { FORMATS } from "../../tasks/data/picture/formats.ts";
import { PICTURE_KINDS } from "../../tasks/data/picture/kinds.ts";
import { makePng, type PngParts } from "./_make_png.ts";
import { assertProblem } from "./_results.ts";

const KINDS: readonly {
  readonly name: string;
  readonly parts: PngParts;
  readonly pixels: readonly number[];
}[] = [
  {
    name: "8-bit colour",
    parts: { width: 2, height: 1, depth: 8, colourType: 2, rows: [[1, 2, 3, 4, 5, 6]] },
    pixels: [1, 2, 3, 4, 5, 6],
  },
  {
    name: "8-bit grey",
    parts: { width: 1, height: 2, depth: 8, colourType: 0, rows: [[7], [9]] },
    pixels: [7, 7, 7, 9, 9, 9],
  },
  {
    name: "1-bit grey, rows of their own bytes",
    parts: { width: 3, height: 2, depth: 1, colourType: 0, rows: [[0b10100000], [0b01000000]] },
    pixels: [255, 0, 255, 0, 255, 0].flatMap((v) => [v, v, v]),
  },
  {
    name: "2-bit grey",
    parts: { width: 5, height: 1, depth: 2, colourType: 0, rows: [[0b00011011, 0b11000000]] },
    pixels: [0, 85, 170, 255, 255].flatMap((v) => [v, v, v]),
  },
  {
    name: "4-bit grey with a transparent shade",
    parts: {
      width: 2,
      height: 1,
      depth: 4,
      colourType: 0,
      rows: [[0x1f]],
      transparency: [0, 1],
    },
    pixels: [255, 255, 255, 255, 255, 255],
  },
  {
    name: "16-bit grey",
    parts: { width: 2, height: 1, depth: 16, colourType: 0, rows: [[0x80, 0x80, 0xff, 0xff]] },
    pixels: [128, 128, 128, 255, 255, 255],
  },
  {
    name: "16-bit colour with a transparent colour",
    parts: {
      width: 3,
      height: 1,
      depth: 16,
      colourType: 2,
      rows: [[1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 4, 0, 0, 0, 0, 0, 0]],
      transparency: [1, 1, 2, 2, 3, 3],
    },
    pixels: [255, 255, 255, 1, 2, 3, 0, 0, 0],
  },
  {
    name: "4-bit palette with opacities",
    parts: {
      width: 3,
      height: 1,
      depth: 4,
      colourType: 3,
      rows: [[0x01, 0x20]],
      palette: [10, 20, 30, 0, 0, 0, 200, 100, 0],
      transparency: [255, 0],
    },
    pixels: [10, 20, 30, 255, 255, 255, 200, 100, 0],
  },
  {
    name: "colour with a palette that is only a hint",
    parts: {
      width: 1,
      height: 1,
      depth: 8,
      colourType: 2,
      rows: [[5, 6, 7]],
      palette: [1, 1, 1],
    },
    pixels: [5, 6, 7],
  },
  {
    name: "grey with opacity",
    parts: { width: 2, height: 1, depth: 8, colourType: 4, rows: [[0, 51, 9, 255]] },
    pixels: [204, 204, 204, 9, 9, 9],
  },
  {
    name: "colour with opacity",
    parts: { width: 2, height: 1, depth: 8, colourType: 6, rows: [[9, 9, 9, 0, 0, 100, 255, 51]] },
    pixels: [255, 255, 255, 204, 224, 255],
  },
];

for (const { name, parts, pixels } of KINDS) {
  Deno.test(`decodeImage() reads PNG: ${name}`, async () => {
    const image = orThrow(decodeImage(await makePng(parts), "x.png"));
    assertEquals(image, {
      width: parts.width,
      height: parts.height,
      pixels: Uint8Array.from(pixels),
    });
  });
}

/** A smooth picture of 40 x 24 pixels. */
function smooth(channels: 3 | 4): Uint8Array {
  return Uint8Array.from({ length: 40 * 24 * channels }, (_, i) => {
    const x = Math.floor(i / channels) % 40;
    const y = Math.floor(i / channels / 40);
    return [x * 6, y * 10, 255 - x * 6, 255][i % channels] ?? 0;
  });
}

function jpeg(): Uint8Array {
  const { data } = encodeJpeg({ width: 40, height: 24, data: smooth(4) }, 95);
  return Uint8Array.from(data);
}

Deno.test("the kinds that are named are those that are read", () => {
  assertEquals(PICTURE_KINDS.split(/, | or /), FORMATS.map(({ name }) => name));
});

Deno.test("decodeImage() reads JPEG", () => {
  const { width, height, pixels } = orThrow(decodeImage(jpeg(), "x.jpg"));
  assertEquals([width, height], [40, 24]);
  const worst = smooth(3).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (pixels[i] ?? 0))),
    0,
  );
  assert(worst < 16, `a pixel is ${worst} off`);
});

Deno.test("decodeImage() reads filtered and interlaced PNG", () => {
  for (const interlace of ["null", "Adam7"] as const) {
    const bytes = encodePng(
      { width: 40, height: 24, data: smooth(3), channels: 3, depth: 8 },
      { interlace },
    );
    assertEquals(orThrow(decodeImage(bytes, "x")).pixels, smooth(3));
  }
});

Deno.test("decodeImage() reads interlaced PNG of few bits", async () => {
  // Of 3x2 pixels the first pass has one, the fourth one, the sixth one, the last three.
  const rows = [[0b10_000000], [0b11_000000], [0b01_000000], [0b00_01_10_00]];
  const parts = { width: 3, height: 2, depth: 2, colourType: 0, rows, interlace: 1 } as const;
  const { pixels } = orThrow(decodeImage(await makePng(parts), "x.png"));
  assertEquals([...pixels].filter((_, i) => i % 3 === 0), [170, 85, 255, 0, 85, 170]);
});

Deno.test("decodeImage() refuses every truncated file", () => {
  const png = encodePng(
    { width: 40, height: 24, data: smooth(3), channels: 3, depth: 8 },
  );
  for (const [name, bytes] of [["PNG", png], ["JPEG", jpeg()]] as const) {
    for (let length = 8; length < bytes.length; length += 7) {
      const cut = decodeImage(bytes.subarray(0, length), "cut");
      assertProblem(cut, `cut (file): the ${name} file must be whole`);
      assert(cut._tag === "Left" && !cut.left.some(({ got }) => got.endsWith(":")));
    }
    assertProblem(decodeImage(bytes.subarray(0, -1), "cut"), "must be whole");
  }
});

Deno.test("decodeImage() refuses a PNG with a flipped bit", () => {
  const png = encodePng(
    { width: 40, height: 24, data: smooth(3), channels: 3, depth: 8 },
  );
  png[60] = (png[60] ?? 0) ^ 4;
  assertProblem(decodeImage(png, "x.png"), "the PNG file must be whole");
});

Deno.test("decodeImage() refuses absurd sizes before it decodes", async () => {
  const tiny = { width: 1, height: 1, depth: 8, colourType: 0, rows: [[0]] };
  assertProblem(
    decodeImage(await makePng({ ...tiny, width: 100_000, height: 100_000 }), "x"),
    "got     100000x100000 pixels",
    "make the image smaller",
  );
  assertProblem(
    decodeImage(await makePng({ ...tiny, width: 0 }), "x"),
    "got     0x1 pixels",
  );
  const bytes = jpeg();
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  bytes.fill(0xff, frame + 5, frame + 9);
  assertProblem(decodeImage(bytes, "x"), "got     65535x65535 pixels");
});

Deno.test("decodeImage() tells what is not an image by its first bytes", () => {
  assertProblem(
    decodeImage(new TextEncoder().encode("GIF89a..."), "x.png"),
    "x.png (file): the file must be a PNG, JPEG, WebP or PPM image",
    "a GIF picture that begins with 47 49 46 38 39 61 2e 2e",
    "89 50 4e 47 0d 0a 1a 0a (PNG) or ff d8 ff (JPEG) or RIFF....WEBP (WebP)",
  );
  for (
    const [text, kind] of [
      ["BM\0\0", "a BMP picture"],
      ["II*\0", "a TIFF picture"],
      ["MM\0*", "a TIFF picture"],
      ["\0\0\0\x18ftypheic", "a HEIC picture"],
      ["\0\0\0\x18ftypavif", "an AVIF picture"],
    ] as const
  ) {
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    assertProblem(decodeImage(bytes, "x.jpg"), `got     ${kind}`, "convert the image to PNG");
  }
  assertProblem(decodeImage(new Uint8Array(), "x"), "got     an empty file");
});

Deno.test("readImage() reads a file, whatever its name says", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "picture.png");
    await Deno.writeFile(path, jpeg());
    assertEquals(orThrow(await readImage(path)).width, 40);
    assertProblem(
      await readImage(join(folder, "none.png")),
      "the file must exist",
    );
    assertProblem(await readImage(folder), "the path must be a file");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "readImage() names the permission it needs",
  permissions: { read: false },
  fn: async () =>
    assertProblem(
      await readImage("cat.png"),
      "Deno must be allowed to read the file",
      "run again with --allow-read=cat.png",
    ),
});
