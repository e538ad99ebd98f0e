/** Numbers for people. */

/**
 * A whole number with a comma between groups of three digits: `1,132,986`.
 * `toLocaleString` would first load a locale's data, which takes longer than
 * planning a network.
 */
export function grouped(value: number): string {
  return `${value}`.replace(/\B(?=(\d{3})+$)/g, ",");
}
