/** The greatest common divisor: of two lengths, the steps that both are made of. */
export function gcd(a: number, b: number): number {
  return b > 0 ? gcd(b, a % b) : a;
}
