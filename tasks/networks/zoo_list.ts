/** The zoo as a list: every network with its counts. */
import { summarize, type Summary } from "../../dsl/interpreters/summary/summary.ts";
import { plan } from "../../layers/bound/plan.ts";
import { left, type Result, right } from "../../dsl/problem/result.ts";
import { showShape } from "../../dsl/net/shape.ts";
import { network, ZOO_NAMES, type ZooOptions } from "../../nets/zoo.ts";
import { count } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";

/** A network's counts, without its layers. */
export type ZooEntry = Omit<Summary, "layers">;

/** Every network of the zoo, planned for the same options. */
export function zooEntries(options: ZooOptions): Result<readonly ZooEntry[]> {
  const entries: ZooEntry[] = [];
  for (const name of ZOO_NAMES) {
    const found = network(name, options);
    const planned = found._tag === "Left" ? found : plan(found.right.net, found.right.input);
    if (planned._tag === "Left") return left(planned.left);
    const { layers: _, ...entry } = summarize(planned.right, name);
    entries.push(entry);
  }
  return right(entries);
}

/** The list as a table. */
export function zooTable(entries: readonly ZooEntry[]): string {
  return table(
    entries.map(({ net, input, depth, params, macs }) => [
      net,
      showShape(input),
      `${depth}`,
      count(params.trainable),
      count(macs),
    ]),
    {
      header: ["network", "input", "depth", "trainable", "MACs"],
      align: ["left", "left", "right", "right", "right"],
    },
  );
}
