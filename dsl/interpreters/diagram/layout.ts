/**
 * Where everything in a diagram stands: the step from its value to the formats
 * that have places. A network is series and parallel all
 * the way down, so its layout is exact: what follows goes below, branches go
 * side by side, the main branch straight on. A pass from the leaves up measures
 * every part from its axis; a pass down puts it in its place and draws the
 * wires through. Units are points; y grows downwards.
 */
import { mostOf, sumOf } from "../../problem/monoid.ts";
import {
  boxSize,
  labelWidth,
  type Size,
  type Sizes,
  sizesOf,
  textWidth,
  titleOf,
} from "./style.ts";
import {
  boxesOf,
  type Diagram,
  type DiagramBox,
  type DiagramGroup,
  type DiagramItem,
  type DiagramSplit,
  judgedDiagram,
} from "./value.ts";

/** A point: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** A rectangle. */
export interface Frame extends Size {
  readonly center: Point;
}

/** An edge's way: horizontal and vertical pieces. */
export interface Route {
  /** The path of the box that it leaves. */
  readonly from: string;
  /** The path of the box that it enters. */
  readonly to: string;
  /** Its corners, ends included. */
  readonly points: readonly Point[];
}

/** A diagram in its place. */
export interface Layout {
  readonly boxes: ReadonlyMap<string, Frame>;
  readonly groups: ReadonlyMap<string, Frame>;
  /** The ways of the diagram's edges, in their order. */
  readonly routes: readonly Route[];
  /** The whole. */
  readonly frame: Frame;
}

/** Lays out a diagram. */
export function layOut(diagram: Diagram): Layout {
  const sizes = sizesOf(boxesOf(judgedDiagram(diagram).items));
  const sheet: Sheet = { boxes: new Map(), groups: new Map(), routes: [] };
  const sections = sectionsOf(diagram.items)
    .map((items) => stack(items.map((item) => blockOf(item, sizes))));
  const columns = columnsOf(sections);
  const height = mostOf(columns, heightOf);
  let left = 0;
  let wire = NOWHERE;
  let before = 0;
  for (const column of columns) {
    const block = stack(column);
    const x = left + block.left;
    const start = wire === NOWHERE ? wire : overTo(x, wire, left - CHANNEL / 2, before);
    wire = block.put(x, 0, start, sheet);
    left = x + block.right + CHANNEL;
    before = block.height;
  }
  const width = left - CHANNEL;
  // Between columns, lines run above and below them.
  const room = columns.length > 1 ? GAP : 0;
  return { ...sheet, frame: { center: [width / 2, height / 2], width, height: height + 2 * room } };
}

/**
 * What must stay in one column: a part that is drawn open with what follows
 * it; where there are none, each item. The ends stay with their neighbours.
 */
function sectionsOf(items: readonly DiagramItem[]): readonly (readonly DiagramItem[])[] {
  const grouped = items.some(({ tag }) => tag === "group");
  const sections: DiagramItem[][] = [];
  items.forEach((item, i) => {
    const last = sections.at(-1);
    const starts = grouped ? item.tag === "group" && sections.flat().some(isGroup) : i > 1;
    if (last !== undefined && (!starts || i === items.length - 1)) last.push(item);
    else sections.push([item]);
  });
  return sections;
}

function isGroup({ tag }: DiagramItem): boolean {
  return tag === "group";
}

/** What has been put in its place so far. */
interface Sheet {
  readonly boxes: Map<string, Frame>;
  readonly groups: Map<string, Frame>;
  readonly routes: Route[];
}

/** A line that has left a box and has not entered one. */
interface Wire {
  readonly from: string;
  readonly points: readonly Point[];
}

const NOWHERE: Wire = { from: "", points: [] };

/** A measured part: how far it reaches from its axis, and how it is put in its place. */
export interface Block {
  /** How far it reaches to the left of its axis. */
  readonly left: number;
  /** How far it reaches to the right. */
  readonly right: number;
  /** How tall it is. */
  readonly height: number;
  /** Puts it with its axis at x and its top at y; takes the wire that comes in, gives the one that goes on. */
  readonly put: (x: number, y: number, wire: Wire, sheet: Sheet) => Wire;
}

const GAP = 30;
const BESIDE = 26;
const BELOW_BUS = 24;
const PAD = 12;
const TITLE = 20;
const CHANNEL = 48;

function blockOf(item: DiagramItem, sizes: Sizes): Block {
  switch (item.tag) {
    case "box":
      return boxBlock(item, sizes);
    case "group":
      return groupBlock(item, sizes);
    case "split":
      return splitBlock(item, sizes);
  }
}

function boxBlock(box: DiagramBox, sizes: Sizes): Block {
  const size = boxSize(box, sizes);
  const { width, height } = size;
  return {
    left: width / 2,
    right: width / 2,
    height,
    put: (x, y, wire, sheet) => {
      sheet.boxes.set(box.path, { ...size, center: [x, y + height / 2] });
      if (wire.points.length > 0) {
        sheet.routes.push({ from: wire.from, to: box.path, points: [...wire.points, [x, y]] });
      }
      return { from: box.path, points: [[x, y + height]] };
    },
  };
}

function groupBlock(group: DiagramGroup, sizes: Sizes): Block {
  const { path, items } = group;
  const inner = stack(items.map((item) => blockOf(item, sizes)));
  const top = TITLE + PAD / 2;
  const left = Math.max(inner.left, textWidth(titleOf(group))) + PAD;
  const right = inner.right + PAD;
  const height = top + inner.height + PAD;
  return {
    left,
    right,
    height,
    put: (x, y, wire, sheet) => {
      const center: Point = [x + (right - left) / 2, y + height / 2];
      sheet.groups.set(path, { center, width: left + right, height });
      return inner.put(x, y + top, wire, sheet);
    },
  };
}

/** Parts one below the other on one axis. */
function stack(blocks: readonly Block[]): Block {
  return {
    left: mostOf(blocks, ({ left }) => left),
    right: mostOf(blocks, ({ right }) => right),
    height: heightOf(blocks),
    put: (x, y, wire, sheet) => {
      let top = y;
      return blocks.reduce((wire, block) => {
        const next = block.put(x, top, wire, sheet);
        top += block.height + GAP;
        return next;
      }, wire);
    },
  };
}

function heightOf(blocks: readonly Block[]): number {
  return sumOf(blocks, ({ height }) => height + GAP) - GAP;
}

/** A branch that does nothing: a line with its shape beside it. */
const LINE: Block = { left: 4, right: labelWidth, height: 0, put: (_x, _y, wire) => wire };

function splitBlock({ branches, main, join }: DiagramSplit, sizes: Sizes): Block {
  const blocks = branches.map((items) =>
    items.length === 0 ? LINE : stack(items.map((item) => blockOf(item, sizes)))
  );
  const axes = axesOf(blocks, main);
  const tallest = Math.max(...blocks.map(({ height }) => height));
  const end = boxBlock(join, sizes);
  const top = BELOW_BUS;
  const joint = top + tallest + GAP;
  const { width } = boxSize(join, sizes);
  const axis = (i: number): number => axes[i] ?? 0;
  return {
    left: Math.max(end.left, ...blocks.map(({ left }, i) => left - axis(i))),
    right: Math.max(end.right, ...blocks.map(({ right }, i) => right + axis(i))),
    height: joint + end.height,
    put: (x, y, wire, sheet) => {
      const middle = y + joint + end.height / 2;
      blocks.forEach((block, i) => {
        const at = x + axis(i);
        const entry: Wire = { ...wire, points: [...wire.points, [x, y], [at, y]] };
        const out = block.put(at, y + top + (tallest - block.height) / 2, entry, sheet);
        const side = at === x ? 0 : Math.sign(at - x) * width / 2;
        const points: readonly Point[] = side === 0
          ? [...out.points, [x, y + joint]]
          : [...out.points, [at, middle], [x + side, middle]];
        sheet.routes.push({ from: out.from, to: join.path, points });
      });
      return end.put(x, y + joint, NOWHERE, sheet);
    },
  };
}

/** Where the axes of branches are: the main one straight on and the others to its right, or all around the middle. */
function axesOf(blocks: readonly Block[], main: number | undefined): readonly number[] {
  const axes: number[] = [];
  const order = main === undefined
    ? blocks.map((_, i) => i)
    : [main, ...blocks.map((_, i) => i).filter((i) => i !== main)];
  let edge = 0;
  order.forEach((i, place) => {
    const { left, right } = blocks[i] ?? LINE;
    const axis = place === 0 ? 0 : edge + BESIDE + left;
    axes[i] = axis;
    edge = axis + right;
  });
  const shift = main === undefined ? ((axes.at(0) ?? 0) + (axes.at(-1) ?? 0)) / 2 : 0;
  return axes.map((axis) => axis - shift);
}

/** The wire on its way below its column, through the channel beside it, and above the next column. */
function overTo(x: number, { from, points }: Wire, channel: number, height: number): Wire {
  const [end] = points.at(-1) ?? [0, 0];
  const below = height + GAP / 2;
  return { from, points: [...points, [end, below], [channel, below], [channel, -GAP], [x, -GAP]] };
}

/** Parts that follow each other, column by column. */
type Columns = readonly (readonly Block[])[];

/** How tall a picture may be, by its width, before it is broken into more columns. */
const TALL = 1;

/** A picture of at most this height is left in one column. */
const SHORT = 1500;

/** The parts in columns, as few as keep the picture from being tall and narrow. */
function columnsOf(parts: readonly Block[]): Columns {
  for (let count = 1; count < parts.length; count++) {
    const columns = broken(parts, count);
    const height = mostOf(columns, heightOf);
    const width = sumOf(columns, (column) => widest(column) + GAP);
    if (height <= Math.max(SHORT, TALL * width)) return columns;
  }
  return parts.map((part) => [part]);
}

/** The parts in at most that many columns, the tallest as short as can be. */
function broken(parts: readonly Block[], count: number): Columns {
  const tallest = mostOf(parts, ({ height }) => height);
  let [low, high] = [tallest, heightOf(parts)];
  while (high - low > 1) {
    const limit = (low + high) / 2;
    if (filled(parts, limit).length <= count) high = limit;
    else low = limit;
  }
  return filled(parts, high);
}

function filled(parts: readonly Block[], limit: number): Columns {
  const columns: Block[][] = [];
  let height = Infinity;
  for (const part of parts) {
    const last = columns.at(-1);
    if (last !== undefined && height + GAP + part.height <= limit) {
      last.push(part);
      height += GAP + part.height;
    } else {
      columns.push([part]);
      height = part.height;
    }
  }
  return columns;
}

function widest(parts: readonly Block[]): number {
  return mostOf(parts, ({ left }) => left) + mostOf(parts, ({ right }) => right);
}
