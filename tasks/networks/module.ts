/**
 * Networks from modules of the user's: a TypeScript or JavaScript file that
 * exports a network, by default or as `net`, and if it likes its `language` and the `input` that
 * the network is made for. What it exports is judged as text of `toJSON` is, so
 * an object made by hand counts as a network exactly when it is one.
 *
 * The module is run with the task's permissions. What it imports from its own
 * folder needs `--allow-read`; what it imports from elsewhere `--allow-import`.
 */
import { shellWord } from "../../dsl/problem/escape.ts";
import { resolve, toFileUrl } from "@std/path";
import { stripAnsiCode } from "@std/fmt/colors.js";
import { toValue } from "../../dsl/net/json.ts";
import { isLanguage, type Language, type Using, usingOf } from "../../dsl/plan/language.ts";
import { fromJSON } from "../../layers/bound/plan.ts";
import type { Net } from "../../dsl/net/net.ts";
import { IS_BINARY } from "../../dsl/problem/binary.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { Problem, Result } from "../fp.ts";
import { all, E, fail, left, pipe, problemAt, ProblemError, refused, right } from "../fp.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { LARGEST, regularSize } from "../files/regular.ts";
import { allowHint } from "../allow.ts";

/** A network and, when it is known, the input it is made for. */
export interface FoundNetwork extends Using {
  readonly net: Net;
  readonly input?: Shape;
}

/** The network that a module exports; the name is a path, or an address with `https://`. */
export async function networkModule(name: string): Promise<Result<FoundNetwork>> {
  return pipe(await exportsOf(name), E.flatMap((exports) => fromExports(name, exports)));
}

/** The language of a module that exports one; nothing when no module is named. */
export async function languageModule({ language: name }: {
  readonly language?: string;
}): Promise<Result<Using>> {
  if (name === undefined) return right({});
  return pipe(
    await exportsOf(name),
    E.flatMap((exports) => languageOf(`${name}: language`, exports.language ?? null)),
    E.map((language) => defined({ language })),
  );
}

type Exports = Readonly<Record<string, unknown>>;

async function exportsOf(name: string): Promise<Result<Exports>> {
  const isRemote = /^https?:/.test(name);
  const there = isRemote ? right(0) : await regularSize(name, LARGEST.text);
  if (there._tag === "Left") return there;
  try {
    const address = isRemote ? name : toFileUrl(resolve(name)).href;
    return right(await import(address));
  } catch (error) {
    return left(loadProblems(name, error));
  }
}

function fromExports(name: string, exports: Exports): Result<FoundNetwork> {
  const field = ["default", "net"].find((field) => Object.hasOwn(exports, field));
  if (field === undefined) return fail(noNetwork(name, exports));
  const place = `${name}: ${field === "default" ? "the default export" : "net"}`;
  return pipe(
    languageOf(`${name}: language`, exports.language),
    E.map((language) => defined({ language })),
    E.flatMap((using) =>
      all({
        net: networkOf(place, exports[field], using),
        input: "input" in exports ? inputOf(`${name}: input`, exports.input) : right(undefined),
        using: right(using),
      })
    ),
    E.map(({ net, input, using }) => ({ net, ...using, ...defined({ input }) })),
  );
}

/** A network, or what an edit of one gave. */
function networkOf(place: string, value: unknown, using: Using): Result<Net> {
  const at = (problems: readonly Problem[]) =>
    left(problems.map((problem) => {
      const inner = problem.path.replace(/^net\.?/, "");
      return { ...problem, path: inner === "" ? place : `${place}: ${inner}` };
    }));
  if (isRecord(value) && value._tag === "Right") return networkOf(place, value.right, using);
  if (isRecord(value) && value._tag === "Left" && isProblems(value.left)) return at(value.left);
  if (!isRecord(value) || !("kind" in value)) return fail(notANetwork(place, value));
  let text: string;
  try {
    // Whether it is a network is what reading the text back decides.
    text = JSON.stringify(toValue(value as unknown as Net));
  } catch (error) {
    return fail(notANetwork(place, value, error instanceof Error ? error.message : `${error}`));
  }
  return pipe(fromJSON(text, usingOf(using)), E.orElse(at));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isProblems(value: unknown): value is readonly Problem[] {
  const fields = ["path", "layer", "rule", "got", "wanted", "hint"];
  return Array.isArray(value) &&
    value.every((item) =>
      isRecord(item) && fields.every((field) => typeof item[field] === "string")
    );
}

/** The language that a module exports, when it does. */
function languageOf(path: string, value: unknown): Result<Language | undefined> {
  if (value === undefined || isLanguage(value)) return right(value);
  return refused({ path, layer: "module", code: "not-a-language" }, {
    rule: "what is exported as language must be one",
    got: kindOf(value),
    wanted: "a language, a set of rules for layers and merges",
    hint: "write: export const language = standard.with(myLayer);",
  });
}

function inputOf(path: string, value: unknown): Result<Shape> {
  const isSize = (size: unknown): size is number => Number.isSafeInteger(size) && Number(size) >= 1;
  if (
    Array.isArray(value) && (value.length === 1 || value.length === 3) && value.every(isSize)
  ) return right(value);
  return refused({ path, layer: "module", code: "invalid-input" }, {
    rule: "the input is a shape",
    got: Array.isArray(value) ? `[${value.join(", ")}]` : typeof value,
    wanted: "[height, width, channels] or [features], whole numbers of at least 1",
    hint: "for an RGB image of 32x32 pixels: export const input = [32, 32, 3];",
  });
}

function noNetwork(path: string, exports: Exports): Problem {
  const names = Object.keys(exports);
  const candidate = names.find((name) => {
    const value = exports[name];
    return isRecord(value) && "kind" in value;
  });
  return problemAt({ path, layer: "module", code: "not-a-network" }, {
    rule: "the module must export a network",
    got: names.length === 0 ? "no exports" : `exports named ${names.join(", ")}`,
    wanted: "a default export, or an export named net",
    hint: `write: export ${candidate === undefined ? "default net" : `{ ${candidate} as net }`};`,
  });
}

function notANetwork(path: string, value: unknown, why?: string): Problem {
  const isPromise = value instanceof Promise;
  return problemAt({ path, layer: "module", code: "not-a-network" }, {
    rule: "what is exported must be a network",
    got: why ?? (value === null ? "null" : isPromise ? "a promise" : kindOf(value)),
    wanted: "a network: what chain(), a unit or a function of the zoo gives",
    hint: isPromise
      ? "await it before it is exported"
      : typeof value === "function"
      ? "export what the function gives, not the function: export default myNetwork();"
      : "",
  });
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (!isRecord(value)) {
    return typeof value === "function" ? "a function" : JSON.stringify(value) ?? "nothing";
  }
  return `an object with ${Object.keys(value).slice(0, 8).join(", ") || "nothing in it"}`;
}

/** What a module that did not load said, without its stack. */
export function loadProblems(
  path: string,
  error: unknown,
  isBinary: boolean = IS_BINARY,
): readonly Problem[] {
  if (error instanceof ProblemError) {
    return error.problems.map((problem) => ({ ...problem, path: `${path}: ${problem.path}` }));
  }
  const text: string = stripAnsiCode(messageOf(error));
  const needs = /--allow-[a-z]+/.exec(text)?.[0];
  const said = text.split("\n").filter((line) => line.trim() !== "").join("\n");
  const bare = /Import "([^"]+)" not a dependency/.exec(text)?.[1];
  return [problemAt({ path, layer: "module", code: "module-failed" }, {
    rule: "the module must load",
    got: needs === undefined ? said : said.replace(/, run again.*$/s, ""),
    wanted: needs ?? "a module that runs to its end",
    hint: isBinary
      ? "a binary runs JavaScript that imports nothing; give a JSON file, or run netfold by deno run"
      : bare !== undefined
      ? sourceHint(bare)
      : needs === "--allow-import"
      ? "modules from elsewhere need --allow-import with their host; modules of a folder do not"
      : needs === undefined
      ? `run it alone to see more: deno run ${shellWord(path)}`
      : allowHint(needs),
  })];
}

/** How a package is imported that Deno knows by a name of a `deno.json` alone. */
function sourceHint(name: string): string {
  const registries = name.startsWith("@netfold/") ? ["jsr"] : ["npm", "jsr"];
  const full = registries.map((registry) => `"${registry}:${name}"`).join(" or ");
  return `import it from ${full}; an installed netfold reads no deno.json but its own`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`;
  // Deno's own errors of loading, whose message says it all.
  const isLoading = "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  return isLoading ? error.message : `${error.name}: ${error.message}`;
}
