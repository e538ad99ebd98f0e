/** Routes as smooth lines: straight pieces with rounded corners, as the cubic curves that Graphviz draws. */
import type { Frame, Point } from "./layout.ts";

const RADIUS = 8;
const ARROW = 6;
const SHORTEST = 14;

/**
 * The control points of a route: its tip, where the arrow ends, then a cubic
 * spline that ends where the arrow begins.
 */
export function curve(
  points: readonly Point[],
): { readonly tip: Point; readonly spline: readonly Point[] } {
  const corners = simplified(points);
  const tip = corners.at(-1) ?? [0, 0];
  const before = corners.at(-2) ?? tip;
  const end = towards(tip, before, ARROW);
  const way = [...corners.slice(0, -1), end];
  const [start = tip] = way;
  const spline: Point[] = [start];
  let here = start;
  const lineTo = (to: Point) => {
    spline.push(between(here, to, 1 / 3), between(here, to, 2 / 3), to);
    here = to;
  };
  way.slice(1).forEach((corner, i) => {
    const next = way[i + 2];
    if (next === undefined) return lineTo(corner);
    const radius = Math.min(RADIUS, distance(here, corner) / 2, distance(corner, next) / 2);
    lineTo(towards(corner, here, radius));
    const after = towards(corner, next, radius);
    spline.push(between(here, corner, 0.6), between(after, corner, 0.6), after);
    here = after;
  });
  return { tip, spline };
}

/**
 * Where the shape of what flows is written: beside the last vertical piece, in
 * the longest stretch of it that no group's border crosses.
 */
export function labelPlace(points: readonly Point[], groups: ReadonlyMap<string, Frame>): Point {
  const pieces = points.slice(1).map((to, i) => [points[i] ?? to, to] as const);
  const vertical = pieces.filter(([a, b]) => a[0] === b[0] && Math.abs(b[1] - a[1]) >= SHORTEST);
  const [a, b] = vertical.at(-1) ?? pieces.at(-1) ?? [[0, 0], [0, 0]];
  const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  const borders = [...groups.values()]
    .filter(({ center: [x], width }) => Math.abs(a[0] - x) < width / 2)
    .flatMap(({ center: [, y], height }) => [y - height / 2, y + height / 2])
    .filter((y) => top < y && y < bottom);
  const stops = [top, ...borders, bottom].sort((y, z) => y - z);
  const stretches = stops.slice(1).map((end, i) => [stops[i] ?? end, end] as const);
  const [from, to] = stretches.reduce((best, one) =>
    one[1] - one[0] > best[1] - best[0] + 1 ? one : best
  );
  return [a[0], (from + to) / 2];
}

/** A route without points at which it goes straight on. */
function simplified(points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    const before = kept.at(-2);
    if (last !== undefined && distance(last, point) === 0) continue;
    const straight = last !== undefined && before !== undefined &&
      ((before[0] === last[0] && last[0] === point[0]) ||
        (before[1] === last[1] && last[1] === point[1]));
    if (straight) kept.pop();
    kept.push(point);
  }
  return kept;
}

function distance([x, y]: Point, [u, v]: Point): number {
  return Math.hypot(u - x, v - y);
}

function between([x, y]: Point, [u, v]: Point, share: number): Point {
  return [x + (u - x) * share, y + (v - y) * share];
}

/** The point that far from `from` on the way to `to`. */
function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  return whole === 0 ? from : between(from, to, Math.min(1, length / whole));
}
