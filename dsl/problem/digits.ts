/**
 * Numbers for people. The runtime's own formatter is not used: the first call
 * to it takes as long as everything else that a summary does.
 */

/** A whole number with a comma between groups of three digits: `1,132,986`. */
export function grouped(value: number): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A number in the largest of some units, each a thousand of the one before. */
export function scaled(
  value: number,
  units: readonly string[],
  write: (value: number, unit: number) => string,
): string {
  let [left, unit] = [value, 0];
  while (unit < units.length - 1 && Math.abs(Number(write(left, unit))) >= 1000) {
    left /= 1000;
    unit++;
  }
  return `${write(left, unit)}${units[unit] ?? ""}`;
}

/** A number to four digits in its largest unit: `950`, `1.149 M`, `122.8 M`, `6.271 G`. */
export function short(value: number): string {
  const units = ["", " k", " M", " G", " T", " P"];
  return scaled(value, units, (left, unit) => {
    const text = left.toPrecision(4);
    return unit === 0 ? `${left}` : Number(text) >= 1000 ? `${Math.round(left)}` : text;
  });
}

/** Bytes in their largest decimal unit, to three digits: `432 B`, `65.5 kB`, `4.66 MB`. */
export function bytes(value: number): string {
  const units = [" B", " kB", " MB", " GB", " TB"];
  return scaled(value, units, (left, unit) => unit === 0 ? left.toFixed(0) : left.toPrecision(3));
}

/** A share of a whole as a percentage to one decimal, without the sign: `28.9`, `<0.1`. */
export function share(part: number, whole: number): string {
  const percentage = whole === 0 ? 0 : 100 * part / whole;
  return percentage > 0 && percentage < 0.05 ? "<0.1" : percentage.toFixed(1);
}
