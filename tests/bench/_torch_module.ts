/**
 * The PyTorch module that netfold writes beside the same network written by
 * hand, in both memory formats, in float32 and bfloat16; on a GPU compiled, too.
 */
import { join } from "@std/path";
import { torchModule } from "../../layers/bound/torch.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { network } from "../../nets/zoo.ts";
import { table } from "../../tasks/terminal/table.ts";
import { compete, type Entry } from "./_rounds.ts";
import {
  beside,
  fastest,
  hasTorch,
  inStart,
  LAYOUTS,
  pytorch,
  type Row,
  rowOf,
  titleOf,
  type TorchOptions,
  type Work,
} from "./_torch.ts";

const BY_HAND = "by hand";

/** Memory formats and numbers. */
const WAYS = [
  ...LAYOUTS.map((layout) => [layout, "float32"] as const),
  ["channels_last", "bfloat16"],
] as const;

/** Compares a training step or inference, and prints a table of it. */
export function besideHandwritten(work: Work, options: TorchOptions): Promise<readonly Row[]> {
  return inStart(options, async (folder) => {
    if (!hasTorch()) return [];
    const { net, input } = orThrow(network(options.net));
    const path = join(folder, "model.py");
    await Deno.writeTextFile(path, orThrow(torchModule(net, input, { name: options.net })));
    const entry = (
      name: string,
      [layout, precision]: typeof WAYS[number],
      module: readonly string[],
    ): Entry => ({
      ...pytorch(work, layout, { folder, options, precision, module }),
      name: `${name}, ${layout} ${precision}`,
    });
    const entries = WAYS.flatMap((way) => [
      entry(BY_HAND, way, []),
      entry("netfold's", way, [path]),
    ]);
    const compiled: Entry = {
      ...pytorch(work, "channels_last", {
        ...{ folder, options, precision: "bfloat16" },
        module: [path, "compiled"],
      }),
      name: "netfold's, compiled channels_last bfloat16",
    };
    const rows = (await compete([...entries, compiled], options.rounds)).map(rowOf);
    const byHand = (precision: string): Row | undefined =>
      fastest(rows.filter(({ name }) => name.startsWith(BY_HAND) && name.endsWith(precision)));
    const cells = rows.map((row) => [
      row.name,
      row.description,
      (1000 * row.seconds).toFixed(0),
      (options.batch / row.seconds).toFixed(1),
      beside(row, byHand(row.name.split(" ").at(-1) ?? "")),
    ]);
    const header = ["", "", "ms", "images/s", "x by hand"];
    console.log(titleOf(work, options));
    console.log(table(cells, { header, align: ["left", "left", "right", "right", "right"] }));
    console.log(
      "x: how many times as fast as the fastest by hand of the same numbers; medians of the rounds\n",
    );
    return rows;
  });
}
