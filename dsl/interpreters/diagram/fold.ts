/**
 * From a plan to its diagram: a fold that gives each part a way to be drawn.
 * What a part becomes depends on where it is seen from, so the fold's value is
 * a function of the place: the box before it and the levels of names above it.
 */
import { expected, listOf, misfit, optionsOf, TEXT } from "../../problem/expect.ts";
import { closest } from "../../problem/suggest.ts";
import { foldPlan } from "../../plan/fold.ts";
import type { ForkPlan, LayerPlan, NamedPlan, Plan } from "../../plan/plan.ts";
import { sameShape, type Shape } from "../../net/shape.ts";
import { blocksOf } from "./_blocks.ts";
import { contentsOf, kindOf, roleOf } from "./_words.ts";
import { alike, lastOf, runsOf, withoutNumber } from "../../plan/parts.ts";
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
  /** Paths of parts that are drawn open, whatever their level; none by default. */
  readonly open?: readonly string[];
  /**
   * Paths of parts that are folded into a box, whatever their level, trunks, masks and the parts of
   * an hourglass too; none by default.
   */
  readonly closed?: readonly string[];
}

/** Which parts are drawn open. */
interface Folding {
  readonly depth: number;
  readonly open: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
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

/** What a part becomes: its items and edges, and the box that gives its output. */
interface Drawing {
  readonly items: readonly DiagramItem[];
  readonly edges: readonly DiagramEdge[];
  readonly end: string;
}

/** A part, and how it is drawn where it stands. */
interface Drawable<P extends Plan = Plan> {
  readonly plan: P;
  readonly draw: (site: Site) => Drawing;
}

/**
 * The diagram of a planned network, as a value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan, preactivation, repeat } from "@netfold/netfold";
 * import { boxesOf, diagramOf } from "@netfold/netfold/diagram";
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
  const { title, ...given } = optionsOf(options, { title: "", depth: 3, open: [], closed: [] });
  const folding = foldingOf(plan, given);
  const { draw } = foldPlan<Drawable>(plan, {
    layer: (plan) => ({ plan, draw: ({ from }) => drawLayers([plan], from) }),
    chain: (parts, plan) => ({ plan, draw: (site) => drawChain(parts, site, folding) }),
    fork: (branches, plan) => ({ plan, draw: (site) => drawFork(plan, branches, site) }),
    named: (body, plan) => ({ plan, draw: (site) => drawNamed(plan, body, site, folding) }),
  });
  const { items, edges, end } = draw({ from: INPUT, level: 0, free: false });
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

/**
 * The paths of all parts that a diagram draws open or folded, in the order of computation.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, plan, preactivation, repeat } from "@netfold/netfold";
 * import { foldableParts } from "@netfold/netfold/diagram";
 *
 * const planned = orThrow(plan(repeat(2, preactivation()), [8, 8, 64]));
 * assertEquals(foldableParts(planned), ["unit1", "unit2"]);
 * ```
 */
export function foldableParts(plan: Plan): readonly string[] {
  return foldPlan<readonly string[]>(plan, {
    layer: () => [],
    chain: (parts) => parts.flat(),
    fork: (branches) => branches.flat(),
    named: (inner, { path, body }) => body.kind === "layer" ? [] : [path, ...inner],
  });
}

const PATHS = /* @__PURE__ */ listOf(TEXT, "a list of paths");

/** How a plan's parts are drawn, each of which must be there. */
function foldingOf(
  plan: Plan,
  { depth, open, closed }: Required<Omit<FoldOptions, "title">>,
): Folding {
  const [opened, folded] = [expected(open, PATHS, "open"), expected(closed, PATHS, "closed")];
  const named = [...opened, ...folded];
  const parts = named.length === 0 ? [] : foldableParts(plan);
  const unknown = named.find((path) => !parts.includes(path));
  if (unknown !== undefined) {
    throw misfit(
      "what is drawn open or folded is a part of the network with parts of its own",
      unknown,
      "the path of one",
      closest(unknown, parts, "see foldableParts(plan)"),
      opened.includes(unknown) ? "open" : "closed",
    );
  }
  const both = opened.find((path) => folded.includes(path));
  if (both !== undefined) {
    throw misfit("a part is drawn open or folded", `${both} in both`, "one of them", "", "closed");
  }
  return { depth, open: new Set(opened), closed: new Set(folded) };
}

const INPUT = "@input";
const OUTPUT = "@output";

function drawNamed(
  named: NamedPlan,
  body: Drawable,
  site: Site,
  { depth, open, closed }: Folding,
): Drawing {
  const { path } = named;
  const { plan } = body;
  if (plan.kind === "layer") return withName(drawLayers([plan], site.from), lastOf(path));
  const role = roleOf(plan);
  // A unit opens one level after other parts, so that modules are seen as units before their layers.
  const isShallow = site.free || site.level + (role === "unit" ? 2 : 1) < depth;
  if (closed.has(path) || !isShallow && !open.has(path)) {
    const label = withoutNumber(lastOf(path));
    const box = boxOf(path, role, { label, after: contentsOf(plan), size: sizeOf(named.output) });
    return { items: [box], edges: [flow(site.from, path, named.input)], end: path };
  }
  if (site.free) return body.draw({ ...site, free: false });
  const { items, ...rest } = body.draw({ ...site, level: site.level + 1 });
  return { ...rest, items: [groupOf(path, role, lastOf(path), items)] };
}

/** The drawing of a single layer with the name that it was given. */
function withName(drawing: Drawing, name: string): Drawing {
  const items = drawing.items.map((item) => item.tag === "box" ? { ...item, before: name } : item);
  return { ...drawing, items };
}

/** Parts in a row: layers without names are drawn together, and equal parts once, as the first of them. */
function drawChain(parts: readonly Drawable[], site: Site, { open, closed }: Folding): Drawing {
  const isPlain = open.size + closed.size === 0;
  const isTurned = ({ plan }: Drawable) =>
    !isPlain && foldableParts(plan).some((path) => open.has(path) || closed.has(path));
  const rows = runsOf(
    parts,
    (a, b) => isLayer(a) ? isLayer(b) : alike(a.plan, b.plan) && !isTurned(b),
  );
  return rows.reduce<Drawing>(({ items, edges, end }, row) => {
    const layers = row.filter(isLayer).map(({ plan }) => plan);
    const next = layers.length > 0
      ? drawLayers(layers, end)
      : repeated(row, { ...site, from: end });
    return { items: [...items, ...next.items], edges: [...edges, ...next.edges], end: next.end };
  }, { items: [], edges: [], end: site.from });
}

function isLayer(part: Drawable): part is Drawable<LayerPlan> {
  return part.plan.kind === "layer";
}

/** A drawing that stands for several equal parts in a row. */
function repeated([first, ...others]: readonly Drawable[], site: Site): Drawing {
  const drawing = first?.draw(site) ?? { items: [], edges: [], end: site.from };
  const times = 1 + others.length;
  if (first === undefined || times === 1) return drawing;
  const [only, ...more] = drawing.items;
  const item: DiagramItem = only !== undefined && only.tag !== "split" && more.length === 0
    ? { ...only, label: withoutNumber(only.label), times }
    : { ...groupOf(first.plan.path, "part", "", drawing.items), times };
  return { ...drawing, items: [item] };
}

/** Layers in a row, convolutions together with the normalisation and the rectifier beside them. */
function drawLayers(layers: readonly LayerPlan[], from: string): Drawing {
  const blocks = blocksOf(layers).map(({ before, main, label, after, input, output }) => {
    const size = Math.max(sizeOf(input), sizeOf(output));
    const box = boxOf(main.path, kindOf(main), { before, label, after, size });
    return { box, input, output };
  });
  const rows = runsOf(
    blocks,
    (a, b) => sameShape(b.input, b.output) && equal({ ...a.box, path: "" }, { ...b.box, path: "" }),
  );
  const items = rows.flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first.box, times: 1 + others.length }]
  );
  const edges = items.map(({ path }, i) =>
    flow(items[i - 1]?.path ?? from, path, rows[i]?.[0]?.input ?? [])
  );
  return { items, edges, end: items.at(-1)?.path ?? from };
}

function drawFork(fork: ForkPlan, drawables: readonly Drawable[], site: Site): Drawing {
  const { path, merge, meaning, output } = fork;
  const resizes = meaning.sight === "resized second";
  const free = meaning.attention || resizes || site.free;
  const label = meaning.sign ?? merge;
  const join = boxOf(path, resizes ? "resize" : "merge", { label, size: sizeOf(output) });
  const branches = drawables.map(({ plan, draw }, i) => {
    const { items, edges, end } = draw({ ...site, free });
    const measured = resizes && i === 0;
    const role = measured ? "size" : items.length === 0 ? "shortcut" : "flow";
    const last: DiagramEdge = { from: end, to: path, shape: plan.output, role };
    return {
      // What is measured and not touched would be a line without a meaning of its own.
      isDrawn: !measured || items.length > 0,
      items: meaning.attention && items.length > 0 ? [branchGroup(path, plan, i, items)] : items,
      edges: [...edges, last],
    };
  }).filter(({ isDrawn }) => isDrawn);
  const parts = branches.map(({ items }) => items);
  const [only] = parts;
  return {
    items: only !== undefined && parts.length === 1
      ? [...only, join]
      : [{ tag: "split", branches: parts, main: mainBranch(fork, parts), join }],
    edges: branches.flatMap(({ edges }) => edges),
    end: path,
  };
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

/** The trunk or the mask of an attention, by its own name where it has one. */
function branchGroup(
  fork: string,
  branch: Plan,
  index: number,
  items: readonly DiagramItem[],
): DiagramGroup {
  const [role, label] = index === 0
    ? ["trunk", "trunk branch T"] as const
    : ["mask", "soft mask branch M"] as const;
  return groupOf(branch.kind === "named" ? branch.path : `${fork}.${role}`, role, label, items);
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
