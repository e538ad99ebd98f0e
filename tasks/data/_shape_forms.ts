/**
 * The ten forms of the procedural data set, each a test whether a point lies inside. A form lives
 * in its own coordinates, turned and scaled with it, and stays within the circle of radius 1.
 */

/** True when the point (u, v) is inside the form. */
export type Form = (u: number, v: number) => boolean;

const ring = (u: number, v: number): boolean => {
  const square = u * u + v * v;
  return square < 1 && square > 0.3;
};

const triangle = (u: number, v: number): boolean => v > -0.5 && v < 1 - Math.sqrt(3) * Math.abs(u);

/** A star of five points: the radius falls linearly from a point to the notch beside it. */
const star = (u: number, v: number): boolean => {
  const fifth = 2 * Math.PI / 5;
  const angle = Math.atan2(u, v) / fifth;
  const fromPoint = Math.abs(angle - Math.round(angle)) * fifth;
  return Math.hypot(u, v) * (Math.cos(fromPoint) + 2.35 * Math.sin(fromPoint)) < 1;
};

const inSquare = (u: number, v: number, half: number): boolean =>
  Math.abs(u) < half && Math.abs(v) < half;

/** The forms by class name, in the order of the labels. */
export const FORMS: Readonly<Record<string, Form>> = {
  disc: (u, v) => u * u + v * v < 0.9,
  ring,
  crescent: (u, v) => u * u + v * v < 1 && (u - 0.45) ** 2 + v * v > 0.55,
  triangle,
  square: (u, v) => inSquare(u, v, 0.71),
  frame: (u, v) => inSquare(u, v, 0.71) && !inSquare(u, v, 0.42),
  cross: (u, v) =>
    Math.max(Math.abs(u), Math.abs(v)) < 0.95 && Math.min(Math.abs(u), Math.abs(v)) < 0.27,
  star,
  stripes: (u, v) => u * u + v * v < 1 && (Math.abs(u) + 0.2) % 0.8 < 0.4,
  checker: (u, v) =>
    inSquare(u, v, 0.71) && (Math.floor(u / 0.475 + 8.5) + Math.floor(v / 0.475 + 8.5)) % 2 === 0,
};
