/**
 * The boxes of a diagram that Graphviz has drawn, and the headings of its groups: where each stands,
 * what is written in it, and whether it opens or folds.
 */
import type { Diagram, DiagramItem } from "../../../../dsl/interpreters/diagram/value.ts";

/** A box, or the heading of a group; in shares of the picture's width and height. */
export interface Box {
  /** The path of what it stands for, the first one's where it stands for several. */
  readonly path: string;
  /** Whether it heads a part that is drawn open. */
  readonly isHeading: boolean;
  /** Whether the part can be turned: opened where it is a box, folded where it is a heading. */
  readonly turns: boolean;
  readonly words: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How high a group's heading is, in Graphviz's points. */
const HEADING = 18;

/** What a box or a group is called in an SVG of Graphviz. */
const nameOf = ({ path, isHeading }: Pick<Box, "path" | "isHeading">): string =>
  isHeading ? `cluster_${path}` : path;

/**
 * The boxes and headings of a diagram, in the order of computation, by its SVG. Those of `parts` are
 * turned.
 */
export function boxesIn(
  { items }: Diagram,
  svg: string,
  parts: ReadonlySet<string>,
): readonly Box[] {
  const places = placesIn(svg);
  const all = items.flatMap(namedIn);
  const folded = new Set(all.flatMap(({ path, isHeading }) => isHeading ? [] : [path]));
  return all.flatMap((one) => {
    const place = places.get(nameOf(one));
    // The trunk's group stays where the trunk itself is folded.
    const turns = parts.has(one.path) && !(one.isHeading && folded.has(one.path));
    return place === undefined ? [] : [{ ...one, ...place, turns }];
  });
}

function namedIn(item: DiagramItem): readonly Pick<Box, "path" | "isHeading">[] {
  switch (item.tag) {
    case "box":
      // Its ends are no part of the network.
      return item.path.startsWith("@") ? [] : [{ path: item.path, isHeading: false }];
    case "group":
      return [{ path: item.path, isHeading: true }, ...item.items.flatMap(namedIn)];
    case "split":
      return [...item.branches.flat(), item.join].flatMap(namedIn);
  }
}

type Place = Pick<Box, "words" | "left" | "top" | "width" | "height">;

function placesIn(svg: string): ReadonlyMap<string, Place> {
  const { documentElement: root } = new DOMParser().parseFromString(svg, "image/svg+xml");
  const [, , width = 1, height = 1] = numbersIn(root.getAttribute("viewBox"));
  const moved = /translate\(([^)]*)\)/.exec(
    root.querySelector("g")?.getAttribute("transform") ?? "",
  );
  const [x0 = 0, y0 = 0] = numbersIn(moved?.[1]);
  return new Map([...root.querySelectorAll("g.node, g.cluster")].flatMap((drawn) => {
    const name = drawn.querySelector("title")?.textContent ?? "";
    const form = drawn.querySelector("path, polygon, ellipse");
    if (form === null) return [];
    const [left, top, right, bottom] = boundsOf(form);
    const words = [...drawn.querySelectorAll("text")].map(({ textContent }) => textContent.trim());
    const isHeading = drawn.classList.contains("cluster");
    return [[name, {
      words: words.join(" "),
      left: (left + x0) / width,
      top: (top + y0) / height,
      width: (right - left) / width,
      height: Math.min(bottom - top, isHeading ? HEADING : Infinity) / height,
    }]];
  }));
}

type Bounds = readonly [left: number, top: number, right: number, bottom: number];

function boundsOf(form: Element): Bounds {
  const number = (name: string) => Number(form.getAttribute(name));
  if (form.localName === "ellipse") {
    const [x, y, rx, ry] = [number("cx"), number("cy"), number("rx"), number("ry")];
    return [x - rx, y - ry, x + rx, y + ry];
  }
  // All of a path's points are absolute, and its curves round corners alone.
  const all = numbersIn(form.getAttribute(form.localName === "path" ? "d" : "points"));
  const xs = all.filter((_, i) => i % 2 === 0);
  const ys = all.filter((_, i) => i % 2 === 1);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function numbersIn(text: string | null | undefined): readonly number[] {
  return (text?.match(/-?\d+(\.\d+)?(e-?\d+)?/g) ?? []).map(Number);
}
