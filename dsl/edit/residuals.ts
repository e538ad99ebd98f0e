/**
 * Residual units, by their form: a sum of two branches of which one, the
 * shortcut, is the input or little more (at most one convolution, and no fork),
 * and the other, the body, has more layers. Skip connections of a soft mask
 * branch hold a whole unit, and are none.
 */
import { chainOf, type ForkNet, forkOf, type LayerNet, type Net } from "../net/net.ts";
import { withBody } from "./walk.ts";

/** The network in which the body of every residual unit has become what `change` makes of it. */
export function mapResiduals(net: Net, change: (body: Net) => Net): Net {
  switch (net.kind) {
    case "layer":
      return net;
    case "chain":
      return chainOf(net.nets.map((part) => mapResiduals(part, change)));
    case "named":
      return withBody(net, mapResiduals(net.net, change));
    case "fork": {
      const body = bodyOf(net);
      const branches = net.branches.map((branch, i) => {
        const inside = mapResiduals(branch, change);
        return i === body ? change(inside) : inside;
      });
      return forkOf(net.merge, branches);
    }
  }
}

/** Whether there is a residual unit in a network. */
export function hasResiduals(net: Net): boolean {
  return partsIn(net).some((part) => part.kind === "fork" && bodyOf(part) !== undefined);
}

/** Which branch of a fork is the body of a residual unit, if it is one. */
function bodyOf({ merge, branches }: ForkNet): number | undefined {
  const [first, second, ...others] = branches.map(partsIn);
  if (merge !== "add" || first === undefined || second === undefined || others.length > 0) {
    return undefined;
  }
  if (first.length === second.length) return undefined;
  const body = first.length < second.length ? 1 : 0;
  return isShortcut(body === 1 ? first : second) ? body : undefined;
}

function isShortcut(parts: readonly (LayerNet | ForkNet)[]): boolean {
  const layers = parts.filter((part) => part.kind === "layer");
  const convolutions = layers.filter(({ layer }) => layer.type === "conv");
  return layers.length === parts.length && convolutions.length <= 1;
}

/** The layers and forks of a network. */
function partsIn(net: Net): readonly (LayerNet | ForkNet)[] {
  switch (net.kind) {
    case "layer":
      return [net];
    case "chain":
      return net.nets.flatMap(partsIn);
    case "named":
      return partsIn(net.net);
    case "fork":
      return [net, ...net.branches.flatMap(partsIn)];
  }
}
