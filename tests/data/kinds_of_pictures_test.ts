/** Kinds of pictures that programs and phones write: the colours and the sides that people see. */
import { assert, assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { decodeImage, type RgbImage } from "../../tasks/data/mod.ts";
import { encodedPicture } from "./_encoded_pictures.ts";
import { CMYK } from "./_pictures.ts";
import { assertProblem } from "./_results.ts";

const RED = [200, 30, 60];
const BLUE = [20, 40, 220];

type Name = Parameters<typeof encodedPicture>[0];

const read = (name: Name): RgbImage => orThrow(decodeImage(encodedPicture(name), name));

function assertColour(image: RgbImage, [x, y]: readonly number[], wanted: readonly number[]) {
  const [column = 0, row = 0] = [x, y];
  const at = 3 * (row * image.width + column);
  const found = [...image.pixels.subarray(at, at + 3)];
  const off = Math.max(...found.map((value, c) => Math.abs(value - (wanted[c] ?? 0))));
  assert(off <= 4, `${found} is not ${wanted}`);
}

for (
  const [name, size, colour] of [
    ["adobe_rgb.jpg", [3, 2], RED],
    ["named_rgb.jpg", [3, 2], RED],
    ["cmyk.jpg", [3, 2], [190, 49, 66]],
    ["cmyk_unmarked.jpg", [3, 2], [190, 49, 66]],
    ["ycck.jpg", [3, 2], [190, 49, 66]],
    ["grey_restarts.jpg", [40, 24], [77, 77, 77]],
    ["progressive_restarts.jpg", [40, 24], [77, 77, 77]],
    ["lossy.webp", [3, 2], RED],
  ] as const
) {
  Deno.test(`every pixel has its colour: ${name}`, () => {
    const image = read(name);
    const [width, height] = size;
    assertEquals([image.width, image.height, image.pixels.length], [
      width,
      height,
      3 * width * height,
    ]);
    for (let at = 0; at < width * height; at++) {
      assertColour(image, [at % width, Math.floor(at / width)], colour);
    }
  });
}

Deno.test("a picture that a camera took on its side stands upright", () => {
  const jpeg = read("upright.jpg");
  assertEquals([jpeg.width, jpeg.height], [8, 16]);
  assertColour(jpeg, [4, 1], BLUE);
  assertColour(jpeg, [4, 14], RED);
  for (const name of ["turned.png", "turned.webp"] as const) {
    assertEquals(read(name), { width: 1, height: 2, pixels: Uint8Array.from([...RED, ...BLUE]) });
  }
});

Deno.test("what a WebP file leaves clear is white", () => {
  assertEquals([...read("clear.webp").pixels], [...RED, 244, 210, 216]);
  assertProblem(decodeImage(encodedPicture("animated.webp"), "x"), "got     an animation");
});

Deno.test("a WebP file that is cut off or damaged is refused", () => {
  const whole = encodedPicture("lossy.webp");
  for (let length = 16; length < whole.length; length += 5) {
    assertProblem(decodeImage(whole.subarray(0, length), "x"), "the WebP file must be whole");
  }
});

Deno.test("chunks of a WebP file that say nothing of its pixels stop nothing", () => {
  const whole = encodedPicture("lossy.webp");
  // A chunk that is longer than the file that holds it.
  const name = new TextEncoder().encode("XMP ");
  const more = Uint8Array.from([...whole, ...name, 0xff, 0, 0, 0, 1, 2]);
  new DataView(more.buffer).setUint32(4, more.length - 8, true);
  assertEquals(decodeImage(more, "x"), decodeImage(whole, "x"));
});

Deno.test("what phones put behind the end of a picture is no part of it", () => {
  const [picture, film] = [CMYK, encodedPicture("cmyk.jpg")];
  const both = Uint8Array.from([...picture, 0, 0, 0, 24, 0x66, 0x74, 0x79, 0x70, ...film, 1, 2]);
  assertEquals(decodeImage(both, "x"), decodeImage(picture, "x"));
  const cut = Uint8Array.from([...picture.subarray(0, -40), ...film]);
  assertProblem(decodeImage(cut, "x"), "a second start of image");
});

Deno.test("padding between the pixels and the end of a picture stops nothing", () => {
  for (const name of ["progressive_restarts.jpg", "grey_restarts.jpg", "cmyk.jpg"] as const) {
    const bytes = encodedPicture(name);
    const padded = Uint8Array.from([...bytes.subarray(0, -2), ...new Uint8Array(9), 0xff, 0xd9]);
    assertEquals(decodeImage(padded, name), decodeImage(bytes, name));
    if (name === "cmyk.jpg") continue;
    const cut = Uint8Array.from([...bytes.subarray(0, -8), 0xff, 0xd9]);
    assertProblem(decodeImage(cut, name), "Corrupt JPEG data: ");
    const revision = bytes.indexOf(0x4a) + 5;
    const odd = bytes.map((byte, i) => i === revision ? 7 : byte);
    assertEquals(decodeImage(odd, name), decodeImage(bytes, name));
  }
});

Deno.test("bytes between the segments of a picture, and those of programs, stop nothing", () => {
  const bytes = encodedPicture("upright.jpg");
  // Behind the first segment, which follows the two bytes of the start.
  const at = 4 + new DataView(bytes.buffer).getUint16(4);
  const note = [0xff, 0xe2, 0, 8, 0x4d, 0x50, 0x46, 0, 0xff, 0xd9];
  for (const more of [[0, 0, 0], [1, 0xff, 0, 2], [0xff, 0xff], note, [0xff, 0xfe, 0, 3, 0xff]]) {
    const changed = Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
    assertEquals(decodeImage(changed, "x"), decodeImage(bytes, "x"));
  }
});

Deno.test("PPM files are read, and those that are cut short are not", () => {
  const ppm = (text: string, ...bytes: readonly number[]) =>
    decodeImage(Uint8Array.from([...new TextEncoder().encode(text), ...bytes]), "x");
  assertEquals(orThrow(ppm("P6 1\n1 255\n", ...RED)).pixels, Uint8Array.from(RED));
  assertProblem(ppm("P6 1 1 255\n", 1, 2), "got     2 bytes of pixels for 1x1");
  assertProblem(ppm("P6 1 1 65535\n", 1, 2), "no width, height and 255");
});
