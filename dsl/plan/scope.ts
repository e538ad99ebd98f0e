/**
 * Names and numbers: a scope hands out the paths of what stands directly in it
 * and sees that no two are the same.
 */
import type { Fault } from "./fault.ts";
import { equal, type NamedNet, type Net } from "../net/net.ts";

/** A path, and what is wrong with the name that led to it. */
export interface Place {
  readonly path: string;
  /** What is wrong with the name, if anything. */
  readonly fault: Fault | undefined;
  /** The path of the first place of a shared part, at its others. */
  readonly home?: string;
}

/** The names directly under one path. */
export interface Scope {
  /** The path of the scope itself. */
  readonly path: string;
  /** The place of a part with a name of its own. */
  readonly name: (name: string) => Place;
  /** The place of a part that is numbered among its like. */
  readonly number: (label: string) => Place;
  /** The place of a part that gets a number when it is not the first of its name. */
  readonly label: (label: string) => Place;
  /** The place of a part that shares its parameters with all of its name. */
  readonly share: (name: string, net: Net) => Place;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

/** An empty scope under a path; the root's path is empty. */
export function openScope(path: string): Scope {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  const homes = new Map<string, { readonly path: string; readonly net: Net }>();
  const take = (name: string, label: string): Place => {
    const place = path === "" ? name : `${path}.${name}`;
    const fault = !NAME.test(label)
      ? badName(label)
      : taken.has(name)
      ? duplicate(name)
      : undefined;
    taken.add(name);
    return { path: place, fault };
  };
  const count = (label: string): number => {
    const number = (counts.get(label) ?? 0) + 1;
    counts.set(label, number);
    return number;
  };
  const labelled = (label: string): Place => {
    const number = count(label);
    return take(number === 1 ? label : `${label}${number}`, label);
  };
  return {
    path,
    name: (name) => take(name, name),
    number: (label) => take(`${label}${count(label)}`, label),
    label: labelled,
    share: (name, net) => {
      const place = labelled(name);
      const first = homes.get(name);
      if (first === undefined) {
        homes.set(name, { path: place.path, net });
        return place;
      }
      const unlike = equal(first.net, net) ? undefined : differing(name);
      return { path: place.path, fault: place.fault ?? unlike, home: first.path };
    },
  };
}

/** The place of a named part. */
export function placeOf({ name, numbering, net }: NamedNet, scope: Scope): Place {
  switch (numbering) {
    case "shared":
      return scope.share(name, net);
    case "never":
      return scope.name(name);
    case "always":
      return scope.number(name);
    case "repeats":
      return scope.label(name);
  }
}

/** The path at the first place of a shared part, for a path within another of its places. */
export function homeWithin({ path, home }: Place, inner: string): string {
  return home === undefined ? inner : `${home}${inner.slice(path.length)}`;
}

function differing(name: string): Fault {
  return {
    code: "shared-differs",
    rule: "a shared part must be the same network at each of its places",
    got: `another network that is shared as ${JSON.stringify(name)}`,
    wanted: "the network of the first place",
    hint: "make it once and put that value at each place, or share it under a name of its own",
  };
}

function badName(name: string): Fault {
  return {
    code: "invalid-name",
    rule: "a name must be a word that can stand in a path",
    got: JSON.stringify(name),
    wanted: "a letter, then letters, digits, _ or -",
    hint: "leave out dots and spaces, dots separate the segments of a path",
  };
}

function duplicate(name: string): Fault {
  return {
    code: "duplicate-name",
    rule: "two parts side by side have the same name",
    got: `${JSON.stringify(name)} a second time`,
    wanted: "names that are unique among siblings",
    hint: "rename one, or use numbered() so that each gets a number",
  };
}
