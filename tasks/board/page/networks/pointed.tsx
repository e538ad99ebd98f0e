/** What there is to know of a box of the diagram: its numbers, and its receptive field over a picture. */
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import {
  columnOf,
  defaultColumns,
  type Network,
  textOf,
} from "../../../../dsl/interpreters/summary/columns.ts";
import { networkOf } from "../../../../dsl/interpreters/summary/rows.ts";
import type { SummaryNode } from "../../../../dsl/interpreters/summary/summary.ts";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import { orThrow } from "../../../../dsl/problem/throw.ts";
import type { RgbImage } from "../../../data/image_file.ts";
import { shapes } from "../../../data/shapes.ts";
import { Tile } from "../tile.tsx";
import { pictures } from "../try/state.ts";
import type { Box } from "./boxes.ts";
import { fieldOver } from "./field.ts";

/** The box that is pointed at, or was last. */
export const pointed: Signal<Box | undefined> = signal(undefined);

const CONVENTION = "netfold";
const COLUMNS = defaultColumns(CONVENTION).map((name) => columnOf(name, CONVENTION));

export function Pointed({ plan }: { readonly plan: Plan }): JSX.Element {
  const { value: box } = pointed;
  // Only who points at something needs it.
  const network = useMemo(() => box && networkOf(plan, CONVENTION), [plan, box === undefined]);
  const node = box && network && nodeAt(network.whole, box.path);
  return (
    <div class="pointed" role="status">
      {box === undefined || network === undefined || node === undefined
        ? (
          <p class="note">
            Point at a box, or go to it with Tab and the arrow keys, to see its numbers and what it
            sees of a picture.
          </p>
        )
        : <Known box={box} node={node} network={network} plan={plan} />}
    </div>
  );
}

function Known(
  { box, node, network, plan: { input } }: {
    readonly box: Box;
    readonly node: SummaryNode;
    readonly network: Network;
    readonly plan: Plan;
  },
): JSX.Element {
  const cells = COLUMNS.map(({ title, cell }) => [title, textOf(cell(node, network))] as const)
    .filter(([, text]) => text !== "");
  const field = network.fields().get(node.end?.path ?? "");
  return (
    <>
      {field !== undefined && <Field field={field} input={input} />}
      <div>
        <p>
          <b>{node.path}</b> <span class="said">{box.words}</span>
          {box.turns && (
            <span class="note">{box.isHeading ? " A click folds it." : " A click opens it."}</span>
          )}
        </p>
        <dl>
          {cells.map(([title, text]) => (
            <div key={title}>
              <dt>{title}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
    </>
  );
}

function Field(
  { field, input }: { readonly field: readonly [number, number]; readonly input: Plan["input"] },
): JSX.Element {
  const { value: tried } = pictures;
  const picture = tried.find((one) => one.tried !== undefined)?.tried?.picture ?? sample();
  const pixels = useMemo(() => fieldOver(picture, input, field), [picture, input, field]);
  const [height = 1, width = 1] = input;
  const isAll = field[0] >= height && field[1] >= width;
  const line = `sees ${isAll ? "all" : field.join("x")} of ${height}x${width}`;
  return <Tile pixels={pixels} name={`receptive field of ${field.join("x")} pixels`} line={line} />;
}

let drawn: RgbImage | undefined;

/** A picture of the data set shapes, until there is one of the user's own. */
function sample(): RgbImage {
  if (drawn !== undefined) return drawn;
  const { height, width, test } = orThrow(shapes({ count: 1, testCount: 1 }));
  return drawn = { height, width, pixels: test.pixels };
}

/** The part at a path. */
function nodeAt(whole: SummaryNode, path: string): SummaryNode | undefined {
  const within = whole.children.findLast((child) =>
    child.path === path || path.startsWith(`${child.path}.`)
  );
  return within === undefined || within.path === path ? within : nodeAt(within, path);
}
