/**
 * Networks as a command line names them: one of the zoo, or a file of JSON that
 * holds one.
 */
import type { Net } from "../../dsl/net.ts";
import type { Problem } from "../../dsl/problem.ts";
import { left, type Result, right } from "../../dsl/result.ts";
import { network, type ZooNetwork, type ZooOptions } from "../../nets/zoo.ts";

/** Whether a name is that of a file. */
export function isNetworkFile(name: string): boolean {
  return name.endsWith(".json");
}

/** The network that a name means; the options are for those of the zoo, a file has its own. */
export async function findNetwork(name: string, options: ZooOptions): Promise<Result<Net>> {
  if (isNetworkFile(name)) return await networkFile(name);
  const found = zooNetwork(name, options);
  return found._tag === "Left" ? found : right(found.right.net);
}

/** What a network is called: the name of its file without folder and ending, or its name. */
export function titleOf(name: string): string {
  return isNetworkFile(name) ? name.replace(/^.*[/\\]/, "").slice(0, -".json".length) : name;
}

/** The network of the zoo that has this name, or what is wrong with the name. */
export function zooNetwork(name: string, options: ZooOptions): Result<ZooNetwork> {
  const found = network(name, options);
  if (found._tag === "Right") return found;
  return left(found.left.map(withAdvice));
}

function withAdvice(problem: Problem): Problem {
  const { hint } = problem;
  return {
    ...problem,
    hint: hint === "" ? `name one of these, or a file that ends in .json` : hint,
  };
}

/** The network in a file that `toJSON` wrote. Needs `--allow-read` for the file. */
export async function networkFile(path: string): Promise<Result<Net>> {
  const { readText } = await import("../files/atomic.ts");
  const { fromJSON } = await import("../../dsl/json.ts");
  const text = await readText(path, { atMost: LARGEST });
  if (text._tag === "Left") return text;
  const net = fromJSON(text.right);
  if (net._tag === "Right") return right(net.right);
  return left(net.left.map((problem) => ({
    ...problem,
    path: problem.path === "" ? path : `${path}: ${problem.path}`,
  })));
}

/** The largest file that is read, in bytes. */
const LARGEST = 64 * 2 ** 20;
