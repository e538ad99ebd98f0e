/**
 * Initialisers by value, beside the names that a layer's configuration may
 * hold: identities, and filters made of a sample of the data. Each is plain
 * data that a run folder can hold; a user's own brings its numbers along.
 */
import type { HostTensor } from "../graph/tensors.ts";
import { epsilon } from "../plan/fields.ts";
import type { NamedParameter } from "../plan/parameters.ts";
import { type Result, right } from "../problem/result.ts";
import { ProblemError } from "../problem/throw.ts";
import { type Kind, kind, maybe, type Options, readerOf } from "./meaning.ts";
import { type Key, normals } from "./random.ts";
import { symmetricEigen } from "./eigen.ts";

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
  | { readonly kind: "zeros" | "ones" | "dirac" }
  | { readonly kind: "normal"; readonly deviation?: number }
  | { readonly kind: "whitening"; readonly epsilon?: number };

/** An initialiser of netfold's as data, or one of a user's own. */
export type AnyStart = StartOptions | Start;

/** A convolution that hands its first channels on; those without a counterpart start as usual. */
export function dirac(): StartOptions {
  return { kind: "dirac" };
}

/** Normal draws of a deviation, 1 by default. */
export function normal(deviation = 1): StartOptions {
  return { kind: "normal", deviation };
}

/**
 * Filters that whiten the patches of a sample of the network's input: the
 * eigenvectors of their second moment over the roots of the eigenvalues, the
 * largest first, and then the same with the other sign (Page, 2018). Channels beyond start as usual.
 */
export function whitening(epsilon = 5e-4): StartOptions {
  return { kind: "whitening", epsilon };
}

const KINDS: { readonly [K in StartOptions["kind"]]: Kind<Start> } = {
  zeros: kind<{ readonly kind: "zeros" }, Start>(
    {},
    ({ kind }) => right({ kind, values: ({ usual }) => usual().fill(0) }),
  ),
  ones: kind<{ readonly kind: "ones" }, Start>(
    {},
    ({ kind }) => right({ kind, values: ({ usual }) => usual().fill(1) }),
  ),
  dirac: kind<{ readonly kind: "dirac" }, Start>(
    {},
    ({ kind }) => right({ kind, values: diracValues }),
  ),
  normal: kind<{ readonly kind: "normal"; readonly deviation?: number }, Start>(
    { deviation: maybe(epsilon) },
    ({ kind, deviation = 1 }) =>
      right({
        kind,
        values: ({ key, usual }) => normals(key, usual().length).map((x) => x * deviation),
      }),
  ),
  whitening: kind<{ readonly kind: "whitening"; readonly epsilon?: number }, Start>(
    { epsilon: maybe(epsilon) },
    ({ kind, epsilon = 5e-4 }) => right({ kind, values: (site) => whiteningValues(site, epsilon) }),
  ),
};

const read = readerOf("initializer", KINDS, isStart);

/** The meaning of an initialiser, or what is wrong with it. */
export function startOf(given: unknown, path = "initializer"): Result<Start> {
  return read(given, path);
}

function isStart(given: object): given is Start {
  return "values" in given && typeof given.values === "function" &&
    "kind" in given && typeof given.kind === "string";
}

function diracValues({ parameter: { shape }, usual }: StartSite): Float32Array {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  return usual().map((value, at) => {
    const [tap, input, output] = placeOf(at, inputs, outputs);
    return output >= inputs ? value : tap === centre && input === output ? 1 : 0;
  });
}

/** The tap, the input and the output of a kernel's entry. */
function placeOf(at: number, inputs: number, outputs: number): readonly [number, number, number] {
  const row = Math.floor(at / outputs);
  return [Math.floor(row / inputs), row % inputs, at % outputs];
}

function whiteningValues({ parameter, usual, sample }: StartSite, epsilon: number): Float32Array {
  const { shape, path } = parameter;
  const [height = 1, width = 1, inputs = 1, outputs = 1] = shape;
  if (sample?.shape[3] !== inputs || shape.length !== 4) {
    throw new ProblemError([{
      path,
      layer: "initializer",
      code: "no-sample",
      rule: "whitening filters are made of a sample of what the convolution sees",
      got: `a kernel of [${shape.join(", ")}], ${
        sample === undefined ? "no sample" : `a sample of [${sample.shape.join(", ")}]`
      }`,
      wanted: "the kernel of the first convolution, and a sample of the network's input",
      hint: "give the path of the first convolution's kernel",
    }]);
  }
  const size = height * width * inputs;
  const { values, vectors } = symmetricEigen(secondMoment(sample, [height, width]), size);
  return usual().map((value, at) => {
    const [row, output] = [Math.floor(at / outputs), at % outputs];
    if (output >= 2 * size) return value;
    const filter = output % size;
    const length = Math.sqrt((values[filter] ?? 0) + epsilon);
    return (output < size ? 1 : -1) * (vectors[filter * size + row] ?? 0) / length;
  });
}

/** The mean of products of every two entries of the patches of a sample. */
function secondMoment(
  { shape, data }: HostTensor,
  [height, width]: readonly [number, number],
): Float64Array {
  const [images = 0, rows = 0, columns = 0, channels = 0] = shape;
  const size = height * width * channels;
  const moment = new Float64Array(size * size);
  const patch = new Float64Array(size);
  const count = images * (rows - height + 1) * (columns - width + 1);
  for (let n = 0; n < images; n++) {
    for (let y = 0; y + height <= rows; y++) {
      for (let x = 0; x + width <= columns; x++) {
        for (let dy = 0; dy < height; dy++) {
          const from = ((n * rows + y + dy) * columns + x) * channels;
          for (let i = 0; i < width * channels; i++) {
            patch[dy * width * channels + i] = data[from + i] ?? 0;
          }
        }
        for (let i = 0; i < size; i++) {
          for (let j = 0; j <= i; j++) {
            moment[i * size + j] = (moment[i * size + j] ?? 0) + (patch[i] ?? 0) * (patch[j] ?? 0);
          }
        }
      }
    }
  }
  return moment.map((_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return (moment[Math.max(i, j) * size + Math.min(i, j)] ?? 0) / count;
  });
}
