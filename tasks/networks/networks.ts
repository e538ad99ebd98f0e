/**
 * Networks as a command line names them: one of the zoo, a file of JSON that
 * holds one, or a module of the user's that exports one.
 */
import { usingOf } from "../../dsl/plan/language.ts";
import { fail, left, type Result, right } from "../../dsl/problem/result.ts";
import type { Using } from "../../dsl/plan/language.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { network, type ZooNetwork, type ZooOptions } from "../../nets/zoo.ts";
import { later } from "../later.ts";
import { PROGRAM } from "../program_name.ts";
import type { FoundNetwork } from "./module.ts";

type JsonFile = typeof import("./json_file.ts");
type Module = typeof import("./module.ts");

/** What is chosen of a network that is named; `language` names a module, and is for a file of JSON. */
export interface NetworkChoice extends ZooOptions {
  readonly language?: string;
}

const MODULE = /\.[cm]?[jt]s$/;
const ENDING = /\.(json|[cm]?[jt]s)$/;

/** Whether a name is that of a file, of JSON or a module. */
export function isNetworkFile(name: string): boolean {
  return ENDING.test(name);
}

/**
 * The network that a name means and the input to plan it for; for every task that needs both.
 * Options are chosen of a network of the zoo. A file has its own classes, and its own input when it
 * is a module that exports one; `input` then takes its place.
 */
export async function chosenNetwork(
  name: string,
  { language, ...options }: NetworkChoice,
): Promise<Result<ZooNetwork & Using>> {
  if (!isNetworkFile(name)) return zooOf(name, { language, options });
  if (options.classes !== undefined) {
    return fail({
      path: "--classes",
      layer: "option",
      code: "misplaced-option",
      rule: "a network in a file has its own classes",
      got: `${options.classes}`,
      wanted: "--input and no --classes",
      hint: "leave --classes out",
    });
  }
  const found = await foundNetwork(name, language);
  if (found._tag === "Left") return found;
  const input = options.input ?? found.right.input;
  if (input !== undefined) return right({ ...found.right, name, input });
  return fail({
    path: "--input",
    layer: "option",
    code: "input-needed",
    rule: MODULE.test(name)
      ? "the network's input must be known"
      : "a network in a file has no input of its own",
    got: "nothing",
    wanted: "--input and no --classes",
    hint: MODULE.test(name)
      ? "say what goes in, such as --input 32x32x3, or export it: export const input = [32, 32, 3];"
      : "say what goes in, such as --input 32x32x3",
  });
}

export async function plannedNetwork(name: string, options: NetworkChoice): Promise<Result<Plan>> {
  const found = await chosenNetwork(name, options);
  return found._tag === "Left"
    ? found
    : plan(found.right.net, found.right.input, usingOf(found.right));
}

/** The network that a name means; the options are for those of the zoo, a file has its own. */
export async function findNetwork(
  name: string,
  { language, ...options }: NetworkChoice,
): Promise<Result<FoundNetwork>> {
  return isNetworkFile(name)
    ? await foundNetwork(name, language)
    : zooOf(name, { language, options });
}

/** Whether a name is that of a file of JSON, which has no language of its own. */
export function isJsonFile(name: string): boolean {
  return isNetworkFile(name) && !MODULE.test(name);
}

function zooOf(
  name: string,
  { language, options }: {
    readonly language: string | undefined;
    readonly options: ZooOptions;
  },
): Result<ZooNetwork> {
  const found = zooNetwork(name, options);
  if (found._tag === "Left" || language === undefined) return found;
  return ownLanguage(name, language, "a network of the zoo is in netfold's own language");
}

function ownLanguage(name: string, got: string, rule: string): Result<never> {
  return fail({
    path: "--language",
    layer: "option",
    code: "misplaced-option",
    rule,
    got: `${got} for ${name}`,
    wanted: "a language for a network in a JSON file",
    hint: "leave --language out",
  });
}

/** What a network is called: the name of its file without folder and ending, or its name. */
export function titleOf(name: string): string {
  return isNetworkFile(name) ? name.replace(/^.*[/\\]/, "").replace(ENDING, "") : name;
}

/** The network of the zoo that has this name, or what is wrong with the name. */
function zooNetwork(name: string, options: ZooOptions): Result<ZooNetwork> {
  const found = network(name, options);
  if (found._tag === "Right") return found;
  const advice = `${PROGRAM} summary lists them; a file's name ends in .json or .ts`;
  return left(found.left.map((problem) => ({ ...problem, hint: problem.hint || advice })));
}

/** The network in a file. Needs `--allow-read` for the file, and what a module itself needs. */
async function foundNetwork(
  path: string,
  language: string | undefined,
): Promise<Result<FoundNetwork>> {
  if (!MODULE.test(path)) {
    const { jsonNetwork } = await later<JsonFile>("./json_file.ts", import.meta.url);
    return await jsonNetwork(path, language);
  }
  if (language !== undefined) {
    return ownLanguage(path, language, "a module exports its network's language itself");
  }
  const { networkModule } = await later<Module>("./module.ts", import.meta.url);
  return await networkModule(path);
}
