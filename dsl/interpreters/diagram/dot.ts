/**
 * Diagrams in the DOT language of Graphviz. Every box, line and word has its
 * place (`pos`, `bb`, `lp`): Graphviz draws them there with `neato -n2`, and
 * finds places of its own with `dot`, which also reads the text.
 */
import { type BoxForm, formOf, GROUPS, type Size, STYLES, titleOf } from "./style.ts";
import { dot, xml } from "../../problem/escape.ts";
import { sumOf } from "../../problem/monoid.ts";
import { curve, labelPlace } from "./_curves.ts";
import { type Frame, type Layout, layOut, type Point } from "./layout.ts";
import {
  boxesOf,
  type Diagram,
  type DiagramBox,
  type DiagramEdge,
  type DiagramGroup,
  type DiagramItem,
  pictureShape,
} from "./value.ts";

/**
 * A diagram as DOT text.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { diagramOf, toDot } from "@netfold/netfold/diagram";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(conv(8, { kernel: 3 }), [32, 32, 3]));
 * assertStringIncludes(toDot(diagramOf(planned)), '"@input" -> "conv1" [label="32×32×3"');
 * ```
 */
export function toDot(diagram: Diagram): string {
  const layout = layOut(diagram);
  const flip = flipped(layout);
  const head = headOf(diagram);
  const lines = [
    "digraph network {",
    `  graph [${FONT}, bgcolor=white, ${head.label}, ${bounds(layout.frame, flip, head.size)}]`,
    `  node [shape=box, style="filled,rounded", ${FONT}, fontsize=11, fixedsize=true]`,
    `  edge [${FONT}, fontsize=9, fontcolor="#555555", color="#444444", arrowsize=0.6]`,
    ...diagram.items.flatMap((item) => itemLines(item, layout, flip, "  ")),
    ...diagram.edges.map((edge, i) => `  ${edgeLine(edge, layout, i, flip)}`),
    "}",
  ];
  return `${lines.join("\n")}\n`;
}

const FONT = "fontname=Helvetica";

/** A point as Graphviz writes it, where y grows upwards. */
type Flip = (point: Point) => string;

function flipped({ frame }: Layout): Flip {
  const bottom = frame.center[1] + frame.height / 2;
  return ([x, y]) => `${x.toFixed(1)},${(bottom - y).toFixed(1)}`;
}

const MARGIN = 16;

/** The picture's bounds, with room for the head, and the head's place. */
function bounds({ center: [x, y], width, height }: Frame, flip: Flip, head: Size): string {
  const half = Math.max(width, head.width) / 2 + MARGIN;
  const top = y - height / 2 - MARGIN;
  const low = flip([x - half, y + height / 2 + MARGIN]);
  const high = flip([x + half, top - head.height]);
  return `bb="${low},${high}", lp="${flip([x, top - head.height / 2])}"`;
}

function itemLines(item: DiagramItem, layout: Layout, flip: Flip, indent: string): string[] {
  switch (item.tag) {
    case "box":
      return [indent + boxLine(item, layout, flip)];
    case "group":
      return groupLines(item, layout, flip, indent);
    case "split":
      return [...item.branches.flat(), item.join]
        .flatMap((part) => itemLines(part, layout, flip, indent));
  }
}

function groupLines(group: DiagramGroup, layout: Layout, flip: Flip, indent: string): string[] {
  const { path, role, items } = group;
  const { center: [x, y], width, height } = frameOf(layout.groups, path);
  const [left, top] = [x - width / 2, y - height / 2];
  const low = flip([left, top + height]);
  const high = flip([left + width, top]);
  const place = `bb="${low},${high}", lp="${
    flip([left + 8 + 3.1 * titleOf(group).length, top + 12])
  }"`;
  const { fill, line } = GROUPS[role];
  const label = html(bold(titleOf(group)));
  const look =
    `label=${label}, fontsize=11, labeljust=l, style=rounded, color="${line}", bgcolor="${fill}"`;
  return [
    `${indent}subgraph ${dot(`cluster_${path}`)} {`,
    `${indent}  graph [${look}, ${place}]`,
    ...items.flatMap((item) => itemLines(item, layout, flip, `${indent}  `)),
    `${indent}}`,
  ];
}

function boxLine(box: DiagramBox, layout: Layout, flip: Flip): string {
  const { path, kind, before, after } = box;
  const { fill, line } = STYLES[kind];
  const { center, width, height } = frameOf(layout.boxes, path);
  const text = [...small(before), bold(titleOf(box)), ...small(after)];
  const attributes = [
    `label=${html(text.join("<BR/>"))}`,
    `tooltip=${dot(path)}`,
    `fillcolor="${fill}"`,
    `color="${line}"${FORMS[formOf(box)]}`,
    `width=${inches(width)}`,
    `height=${inches(height)}`,
    `pos="${flip(center)}"`,
  ];
  return `${dot(path)} [${attributes.join(", ")}]`;
}

const FORMS: { readonly [K in BoxForm]: string } = {
  box: "",
  end: "",
  narrowing: ", shape=invtrapezium, style=filled",
  widening: ", shape=trapezium, style=filled",
  circle: ", shape=circle, style=filled",
  ellipse: ", shape=ellipse, style=filled",
};

function edgeLine(edge: DiagramEdge, layout: Layout, index: number, flip: Flip): string {
  const { from, to, shape, role } = edge;
  const points = layout.routes[index]?.points ?? [];
  const place = labelPlace(points, layout.groups);
  const { tip, spline } = curve(points);
  const text = pictureShape(shape);
  const attributes = [
    `label=${dot(text)}`,
    ...(role === "size" ? ["style=dashed"] : []),
    `pos="e,${flip(tip)} ${spline.map(flip).join(" ")}"`,
    `lp="${flip([place[0] + 4 + 2.5 * text.length, place[1]])}"`,
  ];
  return `${dot(from)} -> ${dot(to)} [${attributes.join(", ")}]`;
}

/** The heading above the picture: its title and a legend of the kinds that are in it. */
function headOf({ title, items }: Diagram): { readonly label: string; readonly size: Size } {
  const kinds = new Set<string>(boxesOf(items).map(({ kind }) => kind));
  const kept = Object.entries(STYLES)
    .flatMap(([kind, style]) => style.legend !== "" && kinds.has(kind) ? [style] : []);
  const entries = kept.map(({ fill, line, legend }) =>
    `<TD BGCOLOR="${fill}" COLOR="${line}" BORDER="1" CELLPADDING="4"><FONT POINT-SIZE="9"> ${legend} </FONT></TD>`
  );
  const rows = [
    ...(title === "" ? [] : [
      `<TR><TD COLSPAN="${Math.max(1, entries.length)}"><FONT POINT-SIZE="15">${
        bold(title)
      }</FONT></TD></TR>`,
    ]),
    ...(entries.length === 0 ? [] : [`<TR>${entries.join("")}</TR>`]),
  ];
  if (rows.length === 0) return { label: 'label=""', size: { width: 0, height: 0 } };
  const table = `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4">${rows.join("")}</TABLE>`;
  const legend = sumOf(kept, ({ legend }) => 4.6 * legend.length + 22);
  const size = { width: Math.max(legend, 9 * title.length), height: 32 * rows.length };
  return { label: `labelloc=t, label=${html(table)}`, size };
}

function frameOf(frames: ReadonlyMap<string, Frame>, path: string): Frame {
  return frames.get(path) ?? { center: [0, 0], width: 0, height: 0 };
}

function inches(points: number): string {
  return (points / 72).toFixed(3);
}

function small(text: string): readonly string[] {
  return text === "" ? [] : [`<FONT POINT-SIZE="9" COLOR="#333333">${xml(text)}</FONT>`];
}

function bold(text: string): string {
  return text === "" ? "" : `<B>${xml(text)}</B>`;
}

function html(text: string): string {
  return text === "" ? '""' : `<${text}>`;
}
