/**
 * What layers' facets for PyTorch share. Maps are NCHW in PyTorch; padding that
 * is the same on both sides is the layer's own, any other is a step before it.
 */
import { pythonText } from "../dsl/problem/escape.ts";
import type { Padding } from "../dsl/graph/op.ts";
import type { TorchArgument, TorchCall, TorchValue } from "../dsl/plan/facets.ts";

/** A number of channels. */
export function width(value: number): TorchArgument {
  return { kind: "width", value };
}

/** An argument that is given by its name, and left out where it is what it would be anyway. */
export function keyword(kind: string, value: TorchValue, otherwise: TorchValue): TorchArgument {
  return { kind, keyword: kind, value, otherwise };
}

/** A call within that of a helper. */
function within(call: TorchCall, helper: string, others = ""): TorchCall {
  const [before, after] = call.around ?? ["", ""];
  return { ...call, around: [`${helper}(${before}`, `${after}${others})`] };
}

/** Groups of a layer on an input of that number of channels. */
export function groups(value: number | "same", channels: number): TorchArgument {
  return value === "same"
    ? { ...width(channels), keyword: "groups", otherwise: 1 }
    : keyword("groups", value, 1);
}

/** A layer whose kernel starts so; what starts as He et al. have it, the network draws by itself. */
export function startingWith(initializer: string, call: TorchCall): TorchCall {
  return initializer === "he-normal" ? call : started(initializer, call);
}

const CONSTANTS: Readonly<Record<string, string>> = { zeros: "0.0", ones: "1.0" };

/** A layer that starts so, whatever the network would draw. */
export function started(initializer: string, call: TorchCall): TorchCall {
  const constant = CONSTANTS[initializer];
  return constant === undefined
    ? within(call, "starting", `, ${pythonText(initializer)}`)
    : within(call, "constant", `, ${constant}`);
}

/** A norm with or without gamma and beta, of a class whose switch for both is `affine`. */
export function withAffine(
  { scale, shift }: { readonly scale: boolean; readonly shift: boolean },
  affine: string,
  call: TorchCall,
): TorchCall {
  if (scale && shift) return call;
  if (!scale && !shift) {
    return { ...call, holes: [...call.holes, keyword(affine, "False", "True")] };
  }
  return within(call, "without", scale ? ', "bias"' : ', "weight"');
}

/** A pair as Python has it: one number when both are the same. */
export function pair([first, second]: readonly [number, number]): TorchValue {
  return first === second ? first : `(${first}, ${second})`;
}

/** A flag as Python has it. */
export function flag(value: boolean): TorchValue {
  return value ? "True" : "False";
}

/** Padding in pixels that both sides have: a number or a pair; nothing where the sides differ. */
export function evenSides([top, bottom, left, right]: Padding): TorchValue | undefined {
  return top === bottom && left === right ? pair([top, left]) : undefined;
}

/** A map with a border, or with one cut off where numbers are negative. */
export function padded(x: string, [top, bottom, left, right]: Padding, value?: string): string {
  const fill = value === undefined ? "" : `, value=${value}`;
  return `F.pad(${x}, (${left}, ${right}, ${top}, ${bottom})${fill})`;
}
