/** Changes to JSON that leave it JSON most of the time: other values, names, and orders. */
import type { Json } from "../../tasks/files/json.ts";
import { isJsonObject } from "../../tasks/files/json.ts";
import type { Dice } from "./dice.ts";
import { HOSTILE } from "./hostile.ts";

const VALUES: readonly Json[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 1e-320, 1e308, 2 ** 31, 2 ** 53, 2 ** 53 + 2, -(2 ** 63)],
  ...["", "same", "1", "NaN", "__proto__", "constructor", "../../x", "a".repeat(5000)],
  ...[[], {}, [null], [[[]]], { type: "relu" }, { __proto__: null }, [1, "2", 3]],
  ...HOSTILE,
];

const NAMES = ["type", "kind", "__proto__", "toString", "length", "", "kernel", "name", "version"];

type Change = (value: Json, dice: Dice) => Json;

/** JSON with one change somewhere within. */
export function changedJson(value: Json, dice: Dice): Json {
  const goesOn = dice.chance(0.85);
  if (Array.isArray(value) && value.length > 0 && goesOn) {
    const list: readonly Json[] = value;
    if (dice.chance(0.2)) return dice.pick(ON_LISTS)(list, dice);
    const at = dice.below(list.length);
    return list.with(at, changedJson(list[at] ?? null, dice));
  }
  if (isJsonObject(value) && Object.keys(value).length > 0 && goesOn) {
    if (dice.chance(0.2)) return dice.pick(ON_OBJECTS)(value, dice);
    const name = dice.pick(Object.keys(value));
    return { ...value, [name]: changedJson(value[name] ?? null, dice) };
  }
  if (typeof value === "number" && dice.chance(0.4)) {
    return dice.pick([-value, value + 1, value - 1, value * 2, value / 3, value * 1e9, `${value}`]);
  }
  return dice.pick(VALUES);
}

const entriesOf = (value: Json): readonly (readonly [string, Json])[] =>
  isJsonObject(value) ? Object.entries(value) : [];
const listOf = (value: Json): readonly Json[] => Array.isArray(value) ? value : [];

const ON_LISTS: readonly Change[] = [
  (value, dice) => listOf(value).toSpliced(dice.below(listOf(value).length), 1),
  (value, dice) => [...listOf(value), dice.pick(VALUES)],
  (value, dice) => [...listOf(value), dice.pick(listOf(value))],
  (value) => [...listOf(value)].reverse(),
  (value) => Array.from({ length: 200 }, () => listOf(value)).flat().slice(0, 5000),
  (value) => Object.fromEntries(listOf(value).map((part, i) => [`${i}`, part])),
];

const ON_OBJECTS: readonly Change[] = [
  (value, dice) => {
    const left = entriesOf(value);
    return Object.fromEntries(left.toSpliced(dice.below(left.length), 1));
  },
  (value, dice) => Object.fromEntries([...entriesOf(value), [dice.pick(NAMES), dice.pick(VALUES)]]),
  (value, dice) => {
    const entries = entriesOf(value);
    const at = dice.below(entries.length);
    const [, part = null] = entries[at] ?? [];
    return Object.fromEntries(entries.with(at, [dice.pick([...NAMES, ...HOSTILE]), part]));
  },
  (value, dice) => {
    const [a = "", b = ""] = [dice.pick(entriesOf(value)), dice.pick(entriesOf(value))]
      .map(([name]) => name);
    return isJsonObject(value) ? { ...value, [a]: value[b] ?? null, [b]: value[a] ?? null } : value;
  },
  (value, dice) => {
    const deep = 10 ** dice.below(4);
    let nested: Json = value;
    for (let i = 0; i < deep; i++) nested = dice.chance(0.5) ? [nested] : { child: nested };
    return nested;
  },
];

/** JSON text with one change: within it, or one that only its text has. */
export function changedJsonText(text: string, dice: Dice): string {
  const parsed = parsedOrNothing(text);
  if (parsed === undefined || dice.chance(0.1)) return changedText(text, dice);
  return JSON.stringify(changedJson(parsed, dice));
}

const PIECES = ['"', "{", "}", "[", "]", ",", ":", "1e999", "-", "\\u0000", "\\ud800", "NaN"];

function changedText(text: string, dice: Dice): string {
  const at = dice.below(text.length + 1);
  if (dice.chance(0.3)) return text.slice(0, at);
  const twice = /"\w+":\s*("[^"]*"|[\d.]+)/.exec(text.slice(at));
  if (twice !== null && dice.chance(0.4)) {
    // The same name twice.
    return `${text.slice(0, at + twice.index)}${twice[0]},${text.slice(at + twice.index)}`;
  }
  const piece = dice.pick([...PIECES, ...HOSTILE, "[".repeat(10 ** dice.below(6))]);
  return `${text.slice(0, at)}${piece}${text.slice(at + dice.below(3))}`;
}

function parsedOrNothing(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
