/** A CIFAR-10 of a few images, in the form of the real package. */
import { encode } from "fast-png";
import type { Cifar10Source } from "../../tasks/data/mod.ts";

/** Images in each of the six sheets. */
export const ROWS = 2;

/** The byte of an image of the fake set: differs between sheets, rows, pixels and channels. */
export function fakeByte(sheet: number, row: number, index: number): number {
  return (sheet * 40 + row * 17 + index * 7 + (index >> 8)) % 256;
}

/** The bytes of a sheet as PNG. */
export function fakeSheet(sheet: number, rows = ROWS): Uint8Array {
  const data = Uint8Array.from(
    { length: rows * 3072 },
    (_, i) => fakeByte(sheet, Math.floor(i / 3072), i % 3072),
  );
  return encode({ width: 1024, height: rows, data, channels: 3, depth: 8 });
}

/** A source that counts how often it is asked for a sheet. */
export function fakeSource(): Cifar10Source & { loads: number } {
  return {
    loads: 0,
    sheets: { train: ["0", "1", "2", "3", "4"], test: ["5"] },
    labels: (split) =>
      Promise.resolve(
        split === "train" ? [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] : [9, 0],
      ),
    sheet(name) {
      this.loads++;
      return Promise.resolve(fakeSheet(Number(name)));
    },
  };
}
