/**
 * Diagrams in the language of Mermaid, which GitHub, GitLab and many editors
 * draw right in Markdown. Forms and colours are those of the other formats;
 * places are Mermaid's own.
 */
import { mermaid, printable } from "../../problem/escape.ts";
import { type BoxForm, formOf, GROUPS, STYLES, titleOf } from "./style.ts";
import {
  boxesOf,
  type Diagram,
  type DiagramBox,
  type DiagramEdge,
  type DiagramItem,
  judgedDiagram,
  pictureShape,
} from "./value.ts";

/**
 * A diagram as Mermaid text, for a code block of that language.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { chain, orThrow, plan } from "@netfold/netfold";
 * import { diagramOf, toMermaid } from "@netfold/netfold/diagram";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(chain(conv(8, { kernel: 3 }), relu()), [32, 32, 3]));
 * assertStringIncludes(toMermaid(diagramOf(planned)), 'n0 -->|"32×32×3"| n1');
 * ```
 */
export function toMermaid(diagram: Diagram): string {
  const { title, items, edges } = judgedDiagram(diagram);
  const boxes = boxesOf(items);
  const ids = new Map(boxes.map(({ path }, i) => [path, `n${i}`]));
  const groups = numbering();
  const kinds = new Set<string>(boxes.map(({ kind }) => kind));
  const lines = [
    ...(title === "" ? [] : ["---", `title: ${printable(JSON.stringify(title))}`, "---"]),
    "flowchart TB",
    ...items.flatMap((item) => itemLines(item, ids, groups, "  ")),
    ...edges.map((edge) => `  ${edgeLine(edge, ids)}`),
    ...Object.entries(STYLES).filter(([kind]) => kinds.has(kind))
      .map(([kind, { fill, line }]) =>
        `  classDef ${className(kind)} fill:${fill},stroke:${line},color:#111111`
      ),
  ];
  return `${lines.join("\n")}\n`;
}

type Ids = ReadonlyMap<string, string>;

function itemLines(item: DiagramItem, ids: Ids, group: () => string, indent: string): string[] {
  const inside = (items: readonly DiagramItem[], by = indent) =>
    items.flatMap((part) => itemLines(part, ids, group, by));
  switch (item.tag) {
    case "box":
      return [indent + boxLine(item, ids)];
    case "split":
      return inside([...item.branches.flat(), item.join]);
    case "group": {
      const id = group();
      const { fill, line } = GROUPS[item.role];
      return [
        `${indent}subgraph ${id}["${mermaid(titleOf(item))}"]`,
        ...inside(item.items, `${indent}  `),
        `${indent}end`,
        `${indent}style ${id} fill:${fill},stroke:${line}`,
      ];
    }
  }
}

function boxLine(box: DiagramBox, ids: Ids): string {
  const { path, kind, before, after } = box;
  const title = `<b>${mermaid(titleOf(box))}</b>`;
  const lines = [mermaid(before), title, mermaid(after)].filter((line) => line !== "");
  const [open, close] = FORMS[formOf(box)];
  const text = `"${lines.join("<br/>")}"`;
  return `${idOf(path, ids)}${open}${text}${close}:::${className(kind)}`;
}

/** What stands around the text of a box, which gives it its form. */
const FORMS: { readonly [K in BoxForm]: readonly [string, string] } = {
  box: ["(", ")"],
  end: ["([", "])"],
  narrowing: ["[\\", "/]"],
  widening: ["[/", "\\]"],
  circle: ["((", "))"],
  ellipse: ["([", "])"],
};

function edgeLine({ from, to, shape, role }: DiagramEdge, ids: Ids): string {
  const arrow = role === "size" ? "-.->" : "-->";
  return `${idOf(from, ids)} ${arrow}|"${pictureShape(shape)}"| ${idOf(to, ids)}`;
}

/** `end` is a word of Mermaid's own. */
function className(kind: string): string {
  return `${kind}Box`;
}

function idOf(path: string, ids: Ids): string {
  return ids.get(path) ?? "n";
}

function numbering(): () => string {
  let next = 0;
  return () => `g${next++}`;
}
