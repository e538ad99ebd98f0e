/**
 * From a plan to its diagram: a fold that gives each part a way to be drawn.
 * What a part becomes depends on where it is seen from, so the fold's value is
 * a function of the place: the box before it and the levels of names above it.
 */
import { foldPlan } from "../../plan/fold.ts";
import type { ForkPlan, LayerPlan, NamedPlan, Plan } from "../../plan/plan.ts";
import type { Shape } from "../../net/shape.ts";
import { blocksOf } from "./_blocks.ts";
import { contentsOf, kindOf, roleOf } from "./_words.ts";
import { alike, lastOf, sameShape, withoutNumber } from "../../plan/parts.ts";
import { equal } from "../../net/net.ts";
import type {
  BoxKind,
  Diagram,
  DiagramBox,
  DiagramEdge,
  DiagramGroup,
  DiagramItem,
} from "./value.ts";

/** How much of a network is drawn. */
export interface FoldOptions {
  /** The heading; none by default. */
  readonly title?: string;
  /**
   * How many levels of names are drawn; what is deeper is folded into its box,
   * a residual unit one level earlier. Trunks, masks and the parts of an
   * hourglass are no levels of their own: an attention module that is drawn
   * open is drawn as its units. 3 by default.
   */
  readonly depth?: number;
}

/** Where a part stands. */
interface Site {
  /** The box that feeds it. */
  readonly from: string;
  /** The names around it that count. */
  readonly level: number;
  /** Whether names right here do not count: they say what a part is to its attention. */
  readonly free: boolean;
}

/** What a part becomes, and the box that gives its output. */
interface Drawing {
  readonly items: readonly DiagramItem[];
  readonly edges: readonly DiagramEdge[];
  readonly end: string;
}

type Draw = (site: Site) => Drawing;

/**
 * The diagram of a planned network, as a value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { boxesOf, diagramOf, orThrow, plan, preactivation, repeat } from "@netfold/netfold";
 *
 * const planned = orThrow(plan(repeat(3, preactivation()), [8, 8, 64]));
 * const boxes = boxesOf(diagramOf(planned, { depth: 1 }).items);
 * assertEquals(boxes.map(({ label, times }) => `${label} x ${times}`), [
 *   "input x 1",
 *   "unit x 3",
 *   "output x 1",
 * ]);
 * ```
 */
export function diagramOf(plan: Plan, options: FoldOptions = {}): Diagram {
  const { title = "", depth = 3 } = options;
  const { items, edges, end } = drawing(plan, depth)({ from: INPUT, level: 0, free: false });
  return {
    title,
    items: [
      terminal(INPUT, "input", plan.input),
      ...items,
      terminal(OUTPUT, "output", plan.output),
    ],
    edges: [...edges, flow(end, OUTPUT, plan.output)],
  };
}

const INPUT = "@input";
const OUTPUT = "@output";

function drawing(plan: Plan, depth: number): Draw {
  return foldPlan<Draw>(plan, {
    layer: (layer) => ({ from }) => drawLayers([layer], from),
    chain: (parts, { parts: plans }) => (site) => drawChain(plans, parts, site),
    fork: (branches, fork) => (site) => drawFork(fork, branches, site),
    named: (body, named) => (site) => drawNamed(named, body, site, depth),
  });
}

function drawNamed(named: NamedPlan, draw: Draw, site: Site, depth: number): Drawing {
  const { body, path } = named;
  if (body.kind === "layer") return withName(drawLayers([body], site.from), lastOf(path));
  if (site.free) return draw({ ...site, free: false });
  const role = roleOf(body);
  const label = withoutNumber(lastOf(path));
  // A unit opens one level after other parts, so that modules are seen as units before their layers.
  if (site.level + (role === "unit" ? 2 : 1) >= depth) {
    const about = { label, after: contentsOf(body), size: sizeOf(named.output) };
    const box = boxOf(path, role, about);
    return { items: [box], edges: [flow(site.from, path, named.input)], end: path };
  }
  const { items, ...rest } = draw({ ...site, level: site.level + 1 });
  return { ...rest, items: [groupOf(path, role, lastOf(path), items)] };
}

/** The drawing of a single layer with the name that it was given. */
function withName(drawing: Drawing, name: string): Drawing {
  const items = drawing.items.map((item) => item.tag === "box" ? { ...item, before: name } : item);
  return { ...drawing, items };
}

function drawChain(plans: readonly Plan[], draws: readonly Draw[], site: Site): Drawing {
  const items: DiagramItem[] = [];
  const edges: DiagramEdge[] = [];
  let end = site.from;
  const add = (drawing: Drawing) => {
    items.push(...drawing.items);
    edges.push(...drawing.edges);
    end = drawing.end;
  };
  for (let i = 0; i < plans.length;) {
    const layers = layersFrom(plans, i);
    const part = plans[i];
    const draw = draws[i];
    if (layers.length > 0) {
      add(drawLayers(layers, end));
      i += layers.length;
    } else if (part !== undefined && draw !== undefined) {
      const times = likesFrom(plans, i);
      add(repeated(draw({ ...site, from: end }), part, times));
      i += times;
    }
  }
  return { items, edges, end };
}

/** The layers without names that follow each other from here on. */
function layersFrom(plans: readonly Plan[], start: number): readonly LayerPlan[] {
  const layers: LayerPlan[] = [];
  for (let i = start;; i++) {
    const part = plans[i];
    if (part?.kind !== "layer") return layers;
    layers.push(part);
  }
}

/** How many parts from here on are the same. */
function likesFrom(plans: readonly Plan[], start: number): number {
  const first = plans[start];
  let next = start + 1;
  for (; first !== undefined; next++) {
    const part = plans[next];
    if (part === undefined || !alike(first, part)) break;
  }
  return next - start;
}

/** A drawing that stands for several equal ones in a row. */
function repeated(drawing: Drawing, part: Plan, times: number): Drawing {
  if (times === 1) return drawing;
  const [only, ...others] = drawing.items;
  const items: readonly DiagramItem[] =
    only !== undefined && only.tag !== "split" && others.length === 0
      ? [{ ...only, label: withoutNumber(only.label), times }]
      : [{ ...groupOf(part.path, "part", "", drawing.items), times }];
  return { ...drawing, items };
}

/** Layers in a row, convolutions together with the normalisation and the rectifier beside them. */
function drawLayers(layers: readonly LayerPlan[], from: string): Drawing {
  const boxes: DiagramBox[] = [];
  const inputs: Shape[] = [];
  for (const { before, main, label, after, input, output } of blocksOf(layers)) {
    const size = Math.max(sizeOf(input), sizeOf(output));
    const box = boxOf(main.path, kindOf(main), { before, label, after, size });
    const last = boxes.at(-1);
    const again = last !== undefined && sameShape(input, output) &&
      equal({ ...last, path: "", times: 1 }, { ...box, path: "" });
    if (again) boxes[boxes.length - 1] = { ...last, times: last.times + 1 };
    else {
      boxes.push(box);
      inputs.push(input);
    }
  }
  const edges: DiagramEdge[] = [];
  let end = from;
  boxes.forEach(({ path }, i) => {
    edges.push(flow(end, path, inputs[i] ?? []));
    end = path;
  });
  return { items: boxes, edges, end };
}

function drawFork(fork: ForkPlan, draws: readonly Draw[], site: Site): Drawing {
  const { path, merge, meaning, branches, output } = fork;
  const resizes = meaning.sight === "resized second";
  const free = meaning.attention || resizes || site.free;
  const drawings = draws.map((draw) => draw({ ...site, free }));
  const kind = resizes ? "resize" : "merge";
  const box = boxOf(path, kind, { label: meaning.sign ?? merge, size: sizeOf(output) });
  // What is measured and not touched would be a line without a meaning of its own.
  const drawn = drawings.map((drawing, i) => ({ ...drawing, i }))
    .filter(({ items, i }) => !resizes || i > 0 || items.length > 0);
  const edges = drawn.flatMap(({ edges, end, items, i }) => {
    const measured = resizes && i === 0;
    const role = measured ? "size" : items.length === 0 ? "shortcut" : "flow";
    return [...edges, { from: end, to: path, shape: branches[i]?.output ?? [], role } as const];
  });
  const parts = drawn.map(({ items, i }) =>
    meaning.attention && items.length > 0 ? [branchGroup(path, i, items)] : items
  );
  const [only] = parts;
  const items: readonly DiagramItem[] = parts.length === 1 && only !== undefined
    ? [...only, box]
    : [{ tag: "split", branches: parts, main: mainBranch(fork, parts), join: box }];
  return { items, edges, end: path };
}

/** The branch that goes straight on: the trunk, or the last that does something. */
function mainBranch(
  { merge, meaning }: ForkPlan,
  branches: readonly (readonly DiagramItem[])[],
): number | undefined {
  if (meaning.attention) return 0;
  if (merge !== "add" && meaning.sight !== "resized second") return undefined;
  const last = branches.findLastIndex((items) => items.length > 0);
  return last === -1 ? undefined : last;
}

/** The trunk or the mask of an attention. */
function branchGroup(path: string, index: number, items: readonly DiagramItem[]): DiagramGroup {
  return index === 0
    ? groupOf(`${path}.trunk`, "trunk", "trunk branch T", items)
    : groupOf(`${path}.mask`, "mask", "soft mask branch M", items);
}

function groupOf(
  path: string,
  role: DiagramGroup["role"],
  label: string,
  items: readonly DiagramItem[],
): DiagramGroup {
  return { tag: "group", path, role, label, times: 1, items };
}

/** A box; what is not said of it is empty. */
function boxOf(
  path: string,
  kind: BoxKind,
  about: Pick<DiagramBox, "label" | "size"> & Partial<DiagramBox>,
): DiagramBox {
  return { tag: "box", path, kind, before: "", after: "", times: 1, ...about };
}

function terminal(path: string, label: string, shape: Shape): DiagramBox {
  return boxOf(path, "end", { label, size: sizeOf(shape) });
}

function flow(from: string, to: string, shape: Shape): DiagramEdge {
  return { from, to, shape, role: "flow" };
}

/** The larger side of a map; 1 for a vector. */
function sizeOf(shape: Shape): number {
  const [height = 1, width = 1] = shape.length === 3 ? shape : [];
  return Math.max(height, width);
}
