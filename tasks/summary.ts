/**
 * `deno task summary NET`: a network's layers, shapes, parameters and costs, as
 * a table or as JSON. It loads nothing that it does not need for that, so it
 * starts about as fast as Deno.
 */
import { summarize } from "../dsl/interpreters/summary.ts";
import { renderSummary } from "../dsl/interpreters/summary_text.ts";
import { plan } from "../dsl/plan.ts";
import { fail, type Result, right } from "../dsl/result.ts";
import type { ZooNetwork, ZooOptions } from "../nets/zoo.ts";
import { EXIT } from "./cli/exit.ts";
import { isNetworkFile, networkFile, zooNetwork } from "./cli/networks.ts";
import { scan } from "./cli/scan.ts";
import { SUMMARY_READERS, type SummaryArguments } from "./cli/summary_readers.ts";
import { reportProblems, runTask } from "./cli/task.ts";
import { standardOutput } from "./terminal/terminal.ts";

type Options = SummaryArguments["options"];

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { net, options } = await argumentsOf(args);
  return net === undefined ? await printZoo(options) : await printNetwork(net, options);
}

async function printNetwork(name: string, options: Options): Promise<number> {
  const { format = "text", depth = 2 } = options;
  const output = standardOutput();
  const found = await chosenNetwork(name, options);
  const planned = found._tag === "Left" ? found : plan(found.right.net, found.right.input);
  if (planned._tag === "Left") {
    reportProblems(`cannot summarise ${name}`, planned.left);
    return EXIT.failed;
  }
  if (format === "json") {
    output.write(`${JSON.stringify(summarize(planned.right, name), undefined, 2)}\n`);
  } else {
    output.write(renderSummary(planned.right, { name, depth }));
  }
  return EXIT.done;
}

async function printZoo({ format = "text", ...options }: Options): Promise<number> {
  const { zooEntries, zooTable } = await import("./cli/zoo_list.ts");
  const entries = zooEntries(given(options));
  if (entries._tag === "Left") {
    reportProblems("cannot list the zoo", entries.left);
    return EXIT.failed;
  }
  const text = format === "json"
    ? JSON.stringify(entries.right, undefined, 2)
    : zooTable(entries.right);
  standardOutput().write(`${text}\n`);
  return EXIT.done;
}

async function argumentsOf(args: readonly string[]): Promise<SummaryArguments> {
  const plain = scan(args, SUMMARY_READERS);
  if (plain !== undefined && plain.words.length <= 1) {
    return { net: plain.words[0], options: plain.options };
  }
  const { parseSummaryArguments } = await import("./cli/summary_options.ts");
  return parseSummaryArguments(args);
}

/** The network of a name or a file, and the input to plan it for. */
async function chosenNetwork(
  name: string,
  options: Options,
): Promise<Result<Pick<ZooNetwork, "net" | "input">>> {
  if (!isNetworkFile(name)) return zooNetwork(name, given(options));
  const { input, classes } = options;
  const problem = (path: string, rule: string, got: string, hint: string) => ({
    path,
    layer: "option",
    rule,
    got,
    wanted: "--input and no --classes",
    hint,
  });
  if (classes !== undefined) {
    const hint = "leave --classes out";
    return fail(
      problem("--classes", "a network in a file has its own classes", `${classes}`, hint),
    );
  }
  if (input === undefined) {
    const hint = "say what goes in, such as --input 32x32x3";
    return fail(problem("--input", "a network in a file has no input of its own", "nothing", hint));
  }
  const net = await networkFile(name);
  return net._tag === "Left" ? net : right({ net: net.right, input });
}

/** What was chosen of a network in the zoo. */
function given({ input, classes }: Options): ZooOptions {
  return {
    ...(input === undefined ? {} : { input }),
    ...(classes === undefined ? {} : { classes }),
  };
}
