/**
 * The walk behind every edit of a network: it goes through a description with
 * the paths that planning will give its parts, and builds it anew where a part
 * becomes another. Parts that do not change stay the same objects.
 */
import { expected } from "../problem/expect.ts";
import { forkLabel, isLanguage, type Language, layerLabel } from "../plan/language.ts";
import {
  chainOf,
  type ForkNet,
  forkOf,
  type LayerNet,
  type NamedNet,
  type Net,
  part,
} from "../net/net.ts";
import { bounded } from "../net/extent.ts";
import { homeWithin, openScope, placeOf, type Scope } from "../plan/scope.ts";

const LANGUAGE = {
  fits: isLanguage,
  wanted: "a language",
  hint: "take standard, standard.with(...) or language(...)",
} as const;

/** What has a path: a layer, the merge of a fork, a named part. */
export type Part = LayerNet | ForkNet | NamedNet;

/**
 * Says what a part becomes; nothing when it stays and the walk goes on inside. `home` is the path,
 * within another place of a shared part that of its counterpart at the first.
 */
export type Visit = (part: Part, path: string, home: string) => Net | undefined;

/**
 * The network with every part replaced by what `visit` makes of it. Paths are
 * those of the network as it was. A named layer is visited twice under one
 * path, first with its name and then without.
 */
export function rebuild(language: Language, net: Net, visit: Visit): Net {
  const site = { scope: openScope(""), homeOf: (path: string) => path };
  return walk(expected(language, LANGUAGE), part(net), site, visit);
}

/** Where a part stands. */
interface Site {
  /** The names beside it. */
  readonly scope: Scope;
  /** The counterpart of a path here at the first place of a shared part. */
  readonly homeOf: (path: string) => string;
}

function walk(language: Language, net: Net, site: Site, visit: Visit): Net {
  const { scope, homeOf } = site;
  switch (net.kind) {
    case "layer": {
      const { path } = scope.number(layerLabel(language, net.layer));
      return visit(net, path, homeOf(path)) ?? net;
    }
    case "chain": {
      const nets = net.nets.map((part) => walk(language, part, site, visit));
      return unchanged(nets, net.nets) ? net : chainOf(nets);
    }
    case "fork": {
      const { path } = scope.number(forkLabel(language, net.merge));
      const whole = visit(net, path, homeOf(path));
      // What stands inside has taken its numbers even when all of it is replaced.
      const inside = whole === undefined ? visit : () => undefined;
      const branches = net.branches.map((branch) => walk(language, branch, site, inside));
      return whole ?? (unchanged(branches, net.branches) ? net : forkOf(net.merge, branches));
    }
    case "named": {
      const place = placeOf(net, scope);
      const { path } = place;
      const homeIn = (inner: string): string => homeOf(homeWithin(place, inner));
      const whole = visit(net, path, homeIn(path));
      if (whole !== undefined) return whole;
      const body = net.net.kind === "layer"
        ? visit(net.net, path, homeIn(path)) ?? net.net
        : walk(language, net.net, { scope: openScope(path), homeOf: homeIn }, visit);
      return body === net.net ? net : withBody(net, body);
    }
  }
}

function unchanged(after: readonly Net[], before: readonly Net[]): boolean {
  return after.every((net, i) => net === before[i]);
}

/** The same name on another part. */
export function withBody({ kind, name, numbering }: NamedNet, net: Net): NamedNet {
  return bounded(Object.freeze({ kind, name, numbering, net }), [net]);
}

/** Every layer and fork that all data passes, in order; what stands inside a fork is not among them. */
export function mainLine(
  language: Language,
  net: Net,
): readonly { readonly part: Part; readonly path: string }[] {
  const found: { readonly part: Part; readonly path: string }[] = [];
  rebuild(language, net, (part, path) => {
    if (part.kind === "named") return undefined;
    found.push({ part, path });
    return part;
  });
  return found;
}
