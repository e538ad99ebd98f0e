/**
 * Numbers as a summary prints them. The runtime's own formatter is not used:
 * the first call to it takes as long as everything else that a summary does.
 */

/** Bytes of a number: everything is float32. */
export const NUMBER_BYTES = 4;

export { grouped } from "../../problem/digits.ts";

/** A number to four digits in its largest unit: `950`, `1.149 M`, `122.8 M`, `6.271 G`. */
export function short(value: number, units = ["", " k", " M", " G", " T", " P"]): string {
  const [small = "", ...large] = units;
  if (value < 1000) return `${value}${small}`;
  const power = Math.min(large.length, Math.floor(Math.log10(value) / 3 + 1e-9));
  const text = (value / 1000 ** power).toPrecision(4);
  return Number(text) >= 1000 && power < large.length
    ? `1.000${large[power]}`
    : `${Number(text) >= 1000 ? Math.round(Number(text)) : text}${large[power - 1]}`;
}

/** Bytes in their largest decimal unit, to three digits: `432 B`, `65.5 kB`, `4.66 MB`. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const digits = unit === 0 || scaled >= 100 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${scaled.toFixed(digits)} ${units[unit]}`;
}

/** A share of a whole as a percentage to one decimal, without the sign: `28.9`, `<0.1`. */
export function share(part: number, whole: number): string {
  const percentage = whole === 0 ? 0 : 100 * part / whole;
  return percentage > 0 && percentage < 0.05 ? "<0.1" : percentage.toFixed(1);
}
