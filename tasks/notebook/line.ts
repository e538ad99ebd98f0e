/** A network in one line. */
import type { Net } from "../../dsl/net/net.ts";
import { printable } from "../../dsl/problem/escape.ts";
import { count } from "../terminal/format.ts";
import { cutEnd } from "../terminal/width.ts";

const WIDTH = 100;

/** A network in one line: how many layers it has, and what it begins and ends with. */
export function lineOf(net: Net): string {
  const layers = layersIn(net);
  const parts = net.kind === "chain" ? net.nets.map(nameOf).join(", ") : nameOf(net);
  const line = `network of ${count(layers)} ${layers === 1 ? "layer" : "layers"}: ${parts}`;
  return cutEnd(printable(line), WIDTH);
}

function layersIn(net: Net): number {
  switch (net.kind) {
    case "layer":
      return 1;
    case "chain":
      return net.nets.reduce((sum, part) => sum + layersIn(part), 0);
    case "fork":
      return net.branches.reduce((sum, part) => sum + layersIn(part), 0);
    case "named":
      return layersIn(net.net);
  }
}

/** What a part is called where it stands alone. */
function nameOf(net: Net): string {
  switch (net.kind) {
    case "layer":
      return net.layer.type;
    case "chain":
      return net.nets.length === 0 ? "identity" : `chain of ${net.nets.length}`;
    case "fork":
      return net.merge;
    case "named":
      return net.name;
  }
}
