/** The settings of runs as names and values in words, and which of them tell runs apart. */
import { isJsonObject, type Json, type JsonObject } from "../files/json.ts";
import { sha256 } from "../files/sha256.ts";

/** Settings by name: `optimizer.kind` is `sgd`. */
export type Settings = Readonly<Record<string, string>>;

/** What is no setting of a run: what it ran on, and what has a place of its own wherever runs are shown. */
const NOT_SETTINGS = new Set(["name", "data", "net", "recipe", "input", "versions"]);

/** The settings of a run's configuration: its recipe, its engine, and its network by a short checksum. */
export function settingsOf(config: JsonObject): Settings {
  const others = Object.entries(config).filter(([name]) => !NOT_SETTINGS.has(name));
  const { recipe = {} } = config;
  return Object.fromEntries([
    ...flat("", recipe),
    ...flat("", Object.fromEntries(others)),
    ["network", checksumOf(JSON.stringify(config.net ?? null))],
  ]);
}

/** Checksums of networks: many runs are of the same, and one of a large network takes milliseconds. */
const checksums = new Map<string, string>();

function checksumOf(net: string): string {
  const known = checksums.get(net) ?? sha256().update(net).digest("hex").slice(0, 8);
  checksums.set(net, known);
  return known;
}

function flat(name: string, value: Json): readonly (readonly [string, string])[] {
  if (!isJsonObject(value)) {
    return [[name, typeof value === "string" ? value : JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([field, inner]) =>
    flat(name === "" ? field : `${name}.${field}`, inner)
  );
}

/**
 * For each run the settings in which it differs from another, in words: `rate 0.1`, `no limit`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { apart } from "./settings.ts";
 *
 * const runs = [{ rate: "0.1", seed: "1" }, { rate: "0.2", seed: "1", limit: "500" }];
 * assertEquals(apart(runs), [["rate 0.1", "no limit"], ["rate 0.2", "limit 500"]]);
 * ```
 */
export function apart(runs: readonly Settings[]): readonly (readonly string[])[] {
  const names = [...new Set(runs.flatMap(Object.keys))]
    .filter((name) => new Set(runs.map((run) => run[name])).size > 1);
  return runs.map((run) => {
    const roots = new Set(names.filter((name) => run[name] !== undefined).map(rootOf));
    const words = names.flatMap((name) => {
      const value = run[name];
      if (value !== undefined) return [`${name} ${shortened(value)}`];
      // What stands in its place says so already.
      return roots.has(rootOf(name)) ? [] : [`no ${rootOf(name)}`];
    });
    return [...new Set(words)];
  });
}

/** As many characters of a value are shown in a table. */
const LONGEST = 40;

/** A value, or the beginning of a long one and a checksum that tells it apart from others. */
function shortened(value: string): string {
  if (value.length <= LONGEST) return value;
  const sum = sha256().update(value).digest("hex").slice(0, 8);
  return `${value.slice(0, LONGEST / 2)}... (${sum})`;
}

/** The setting that a part of one belongs to: `augment` of `augment.pad`. */
function rootOf(name: string): string {
  return name.replace(/\..*/s, "");
}
