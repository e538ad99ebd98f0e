/**
 * Initialisers by value, beside the names that a layer's configuration may hold: identities, and
 * filters made of a sample of the data. Each is plain data that a run folder can hold; a user's own
 * brings its numbers along.
 */
import type { HostTensor } from "../graph/tensors.ts";
import { epsilon } from "../plan/fields.ts";
import type { NamedParameter } from "../plan/parameters.ts";
import { ProblemError } from "../problem/throw.ts";
import { ANYTHING, FUNCTION } from "../problem/expect.ts";
import {
  KIND,
  type Kind,
  kind,
  made,
  maybe,
  type Options,
  type Reader,
  readerOf,
  type Recorded,
} from "./meaning.ts";
import { type Key, normals } from "./random.ts";
import { secondMoment, symmetricEigen } from "./eigen.ts";

/** Where a parameter starts. */
export interface StartSite {
  /** The parameter. */
  readonly parameter: NamedParameter;
  /** A key of its own for what is drawn. */
  readonly key: Key;
  /** Its values by the layer's own configuration. */
  readonly usual: () => Float32Array;
  /** A batch of the network's input, `[n, h, w, c]`, where there is one. */
  readonly sample?: HostTensor;
}

/** How a parameter starts. */
export interface Start {
  /** Its name in run folders. */
  readonly kind: string;
  /** Its options, recorded beside its name. */
  readonly options?: Options;
  /** The parameter's first values. */
  readonly values: (site: StartSite) => Float32Array;
}

/** Netfold's own initialisers, as data. */
export type StartOptions =
  | Recorded<"zeros" | "ones" | "dirac">
  | { readonly kind: "normal"; readonly deviation?: number }
  | { readonly kind: "whitening"; readonly epsilon?: number };

/** An initialiser of netfold's as data, or one of a user's own. */
export type AnyStart = StartOptions | Start;

/** Zeros. */
export function zeros(): StartOptions {
  return { kind: "zeros" };
}

/** Ones. */
export function ones(): StartOptions {
  return { kind: "ones" };
}

/**
 * A convolution that hands its first channels on, each group its own; those without a counterpart
 * start as usual.
 */
export function dirac(): StartOptions {
  return { kind: "dirac" };
}

/** Normal draws of a deviation, 1 by default. */
export function normal(deviation = 1): StartOptions {
  return made(startOf, { kind: "normal", deviation });
}

/**
 * Filters that whiten the patches of a sample of the network's input: the eigenvectors of their
 * second moment over the roots of the eigenvalues, the largest first, and then the same with the
 * other sign (Page, 2018). Channels beyond start as usual.
 */
export function whitening(epsilon = 5e-4): StartOptions {
  return made(startOf, { kind: "whitening", epsilon });
}

type Own<K> = Extract<StartOptions, { readonly kind: K }>;

const KINDS: { readonly [K in StartOptions["kind"]]: Kind<Start> } = /* @__PURE__ */ (() => ({
  zeros: kind({}, ({ kind }) => ({ kind, values: ({ usual }) => usual().fill(0) })),
  ones: kind({}, ({ kind }) => ({ kind, values: ({ usual }) => usual().fill(1) })),
  dirac: kind({}, ({ kind }) => ({ kind, values: diracValues })),
  normal: kind(
    { deviation: maybe(epsilon) },
    ({ kind, deviation = 1 }: Own<"normal">): Start => ({
      kind,
      values: ({ key, usual }) => normals(key, usual().length).map((x) => x * deviation),
    }),
  ),
  whitening: kind(
    { epsilon: maybe(epsilon) },
    ({ kind, epsilon = 5e-4 }: Own<"whitening">): Start => ({
      kind,
      values: (site) => whiteningValues(site, epsilon),
    }),
  ),
}))();

/** The meaning of an initialiser, or what is wrong with it. */
export const startOf: Reader<Start> = /* @__PURE__ */ readerOf("initializer", KINDS, {
  method: "values",
  wanted: { kind: KIND, options: ANYTHING, values: FUNCTION },
});

function diracValues({ parameter, usual }: StartSite): Float32Array {
  const { shape, role, fanOut, path } = parameter;
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  // Each input feeds the outputs of its group.
  const eachGroup = fanOut / (height * width);
  if (shape.length !== 4 || role !== "kernel" || outputs % eachGroup !== 0) {
    throw new ProblemError([{
      path,
      layer: "initializer",
      code: "no-convolution",
      rule: "only a convolution can hand its channels on",
      got: `a ${role} of [${shape.join(", ")}]`,
      wanted: "the kernel of a convolution, [height, width, inputs, outputs]",
      hint: "give the path of a convolution's kernel, such as conv1.kernel",
    }]);
  }
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  return usual().map((value, at) => {
    const [row, output] = [Math.floor(at / outputs), at % eachGroup];
    return output >= inputs ? value : row === centre * inputs + output ? 1 : 0;
  });
}

function whiteningValues({ parameter, usual, sample }: StartSite, epsilon: number): Float32Array {
  const { shape, path } = parameter;
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  const [images = 0, rows = 0, columns = 0, channels] = sample?.shape ?? [];
  const hasPatches = images >= 1 && rows >= height && columns >= width;
  if (sample === undefined || channels !== inputs || shape.length !== 4 || !hasPatches) {
    throw new ProblemError([{
      path,
      layer: "initializer",
      code: "no-sample",
      rule: "whitening filters are made of a sample of what the convolution sees",
      got: `a kernel of [${shape.join(", ")}], ${
        sample === undefined ? "no sample" : `a sample of [${sample.shape.join(", ")}]`
      }`,
      wanted: "the kernel of the first convolution, and a sample of the network's input",
      hint: "give the path of the first convolution's kernel, and images no smaller than it",
    }]);
  }
  const size = height * width * inputs;
  const { values, vectors } = symmetricEigen(secondMoment(sample, height, width), size);
  return usual().map((value, at) => {
    const [row, output] = [Math.floor(at / outputs), at % outputs];
    if (output >= 2 * size) return value;
    const length = Math.sqrt((values[output % size] ?? 0) + epsilon);
    return (output < size ? 1 : -1) * (vectors[output % size]?.[row] ?? 0) / length;
  });
}
