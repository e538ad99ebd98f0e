/**
 * Numbers as people read them: durations, counts, magnitudes, percentages.
 * What is not finite, or not known yet, is a question mark.
 */
import { grouped, scaled } from "../../dsl/problem/digits.ts";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * A duration in its two largest units: `0.4 s`, `42 s`, `3 min 05 s`, `2 h 14 min`, `1 d 3 h`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { duration } from "./format.ts";
 *
 * assertEquals(duration(185), "3 min 05 s");
 * ```
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "?";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return twoUnits(whole, MINUTE, "min", 1, "s");
  const minutes = Math.round(seconds / MINUTE) * MINUTE;
  if (minutes < DAY) return twoUnits(minutes, HOUR, "h", MINUTE, "min");
  const hours = Math.round(seconds / HOUR) * HOUR;
  return `${Math.floor(hours / DAY)} d ${hours % DAY / HOUR} h`;
}

/** A count with separators between thousands: `1,132,986`. */
export function count(value: number): string {
  return Number.isFinite(value) ? grouped(Math.round(value)) : "?";
}

/** A count in its largest unit, to one decimal: `950`, `1.1 M`, `122.8 M`, `6.3 G`. */
export function magnitude(value: number): string {
  if (!Number.isFinite(value)) return "?";
  const units = ["", " k", " M", " G", " T"];
  return scaled(value, units, (left, unit) => left.toFixed(unit === 0 ? 0 : 1));
}

/** A share of one as a percentage: `93.42 %`. */
export function percent(share: number, decimals = 2): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(decimals)} %` : "?";
}

function twoUnits(
  seconds: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = `${Math.floor(seconds % large / small)}`.padStart(2, "0");
  return `${Math.floor(seconds / large)} ${largeName} ${rest} ${smallName}`;
}
