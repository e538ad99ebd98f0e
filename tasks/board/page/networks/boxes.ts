/** The boxes of a diagram that Graphviz has drawn: where each stands, and what is written in it. */

/** A box, in shares of the picture's width and height. */
export interface Box {
  /** The path of what it stands for, the first one's where it stands for several. */
  readonly path: string;
  readonly words: string;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The boxes of an SVG of Graphviz, in the order of computation. */
export function boxesIn(svg: string): readonly Box[] {
  const { documentElement: root } = new DOMParser().parseFromString(svg, "image/svg+xml");
  const [, , width = 1, height = 1] = numbersIn(root.getAttribute("viewBox"));
  const moved = /translate\(([^)]*)\)/.exec(
    root.querySelector("g")?.getAttribute("transform") ?? "",
  );
  const [x0 = 0, y0 = 0] = numbersIn(moved?.[1]);
  return [...root.querySelectorAll("g.node")].flatMap((node) => {
    const path = node.querySelector("title")?.textContent ?? "";
    const form = node.querySelector("path, polygon, ellipse");
    // Its ends are no part of the network.
    if (form === null || path.startsWith("@")) return [];
    const [left, top, right, bottom] = boundsOf(form);
    const words = [...node.querySelectorAll("text")].map(({ textContent }) => textContent.trim());
    return [{
      path,
      words: words.join(" "),
      left: (left + x0) / width,
      top: (top + y0) / height,
      width: (right - left) / width,
      height: (bottom - top) / height,
    }];
  });
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
