/**
 * Writing an ONNX model node by node. What stands there already is not written
 * again: the same operator on the same values has the same results, so an
 * expansion may ask anew for whatever another has computed. At the end nodes
 * whose results nobody reads are left out.
 */
import type { TensorShape } from "../../graph/op.ts";
import type { Order } from "./layout.ts";
import type { Attribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./model.ts";

/** A value in the ONNX graph. */
export interface Value {
  /** Its name there. */
  readonly name: string;
  /** Its shape there. */
  readonly shape: TensorShape;
  /** The order of its axes. */
  readonly order: Order;
  /** What it was made of without arithmetic, and how: its numbers in another shape, in another order, or repeated. */
  readonly from?: {
    readonly how: "reshaped" | "reordered" | "repeated";
    readonly value: Value;
  } | undefined;
}

/** Attributes in their short form: whole numbers, lists of them, text; other numbers as {@link float}. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string | Attribute>>;

/** A floating-point attribute. */
export function float(value: number): Attribute {
  return { kind: "float", value };
}

function attribute(value: Attributes[string]): Attribute {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  return "kind" in value ? value : { kind: "ints", value };
}

/** An operator with its operands and attributes. */
export interface Operator {
  /** The operator, such as `Conv`. */
  readonly type: string;
  /** Its operands; one that is left out is undefined. */
  readonly inputs: readonly (Value | undefined)[];
  /** Its attributes; none when left out. */
  readonly attributes?: Attributes;
  /** Its domain; ONNX's own when left out. */
  readonly domain?: OnnxNode["domain"];
}

/** Operators whose last results may be left out. */
const OPTIONAL_RESULTS: ReadonlySet<string> = new Set(["MaxPool"]);

/** A model that is being written. */
export class ModelWriter {
  readonly #inputs: OnnxValue[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #constants = new Map<string, OnnxTensor>();
  readonly #outputs: { readonly name: string; readonly value: Value }[] = [];
  /** The results of what was written, by what it says. */
  readonly #written = new Map<string, readonly Value[]>();
  /** How often each name was asked for. */
  readonly #names = new Map<string, number>();
  #origin = "";

  /** Everything written from now on belongs to the layer at this path. */
  at(path: string): void {
    this.#origin = path;
  }

  /** A name that nothing else has: the layer's path and what the value is. */
  fresh(what: string): string {
    const name = this.#origin === "" ? what : `${this.#origin}/${what}`;
    const seen = this.#names.get(name) ?? 0;
    this.#names.set(name, seen + 1);
    return seen === 0 ? name : `${name}.${seen + 1}`;
  }

  /** Adds an input to the model. */
  input(name: string, shape: TensorShape, order: Order = "plain"): Value {
    this.#names.set(name, 1);
    this.#inputs.push({ name, type: "float", shape });
    return { name, shape, order };
  }

  /** Adds a constant under a name of its own, such as a weight. */
  weight(name: string, shape: TensorShape, data: Float32Array, order: Order): Value {
    this.#names.set(name, 1);
    this.#constants.set(name, { type: "float", dims: shape, data });
    return { name, shape, order };
  }

  /** A constant of floating-point numbers. */
  floats(shape: TensorShape, data: Float32Array): Value {
    return this.#constant(`float ${shape} ${data}`, { type: "float", dims: shape, data });
  }

  /** A list of whole numbers: axes, shapes, sizes. */
  whole(values: readonly number[]): Value {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant(`int64 ${values}`, { type: "int64", dims: [values.length], data });
  }

  #constant(key: string, tensor: OnnxTensor): Value {
    return this.#once(key, () => {
      const name = `constant${this.#constants.size}`;
      this.#constants.set(name, tensor);
      return [{ name, shape: tensor.dims, order: "plain" }];
    })[0] as Value;
  }

  /** Writes an operator and gives its results, one for each shape. */
  write(
    { type, inputs, attributes = {}, domain = "" }: Operator,
    shapes: readonly TensorShape[],
  ): readonly Value[] {
    const last = inputs.findLastIndex((input) => input !== undefined);
    const names = inputs.slice(0, last + 1).map((input) => input?.name ?? "");
    return this.#once(JSON.stringify([type, domain, names, shapes, attributes]), () => {
      const name = this.fresh(type);
      const outputs = shapes.map((_, i) => `${name}:${i}`);
      const entries = Object.entries(attributes).map(([key, value]) => [key, attribute(value)]);
      const node = { type, domain, name, origin: this.#origin, inputs: names, outputs, shapes };
      this.#nodes.push({ ...node, attributes: Object.fromEntries(entries) });
      return shapes.map((shape, i) => ({ name: outputs[i] ?? "", shape, order: "plain" }));
    });
  }

  #once(key: string, write: () => readonly Value[]): readonly Value[] {
    const written = this.#written.get(key) ?? write();
    this.#written.set(key, written);
    return written;
  }

  /** Makes a value an output of the model and gives the output's name; one that is taken gets a mark. */
  output(wanted: string, value: Value): string {
    const taken = [...this.#inputs, ...this.#outputs].some(({ name }) => name === wanted) ||
      this.#constants.has(wanted);
    const name = taken ? `${wanted}.out` : wanted;
    this.#outputs.push({ name, value });
    return name;
  }

  /** The model: every node whose results somebody reads, and outputs under their names. */
  finish(name: string): OnnxModel {
    const made = new Set(this.#nodes.flatMap(({ outputs }) => outputs));
    const names = new Map<string, string>();
    const copies = this.#outputs.flatMap(({ name, value }): OnnxNode[] => {
      // A value is renamed once; an input or a constant never.
      if (made.has(value.name) && !names.has(value.name)) {
        names.set(value.name, name);
        return [];
      }
      const node = { type: "Identity", domain: "", origin: "", attributes: {} } as const;
      const ends = { inputs: [value.name], outputs: [name], shapes: [value.shape] };
      return [{ ...node, name: this.fresh("Identity"), ...ends }];
    });
    const needed = new Set([...names.keys(), ...copies.flatMap(({ inputs }) => inputs)]);
    const live = this.#nodes.toReversed().filter(({ inputs, outputs }) => {
      const read = outputs.some((output) => needed.has(output));
      if (read) { for (const input of inputs) needed.add(input); }
      return read;
    }).toReversed();
    const renamed = (value: string): string => names.get(value) ?? value;
    const nodes = [...live, ...copies].map((node): OnnxNode => {
      const last = node.outputs.findLastIndex((output) => needed.has(output));
      const count = OPTIONAL_RESULTS.has(node.type) ? last + 1 : node.outputs.length;
      return {
        ...node,
        inputs: node.inputs.map(renamed),
        outputs: node.outputs.slice(0, count).map(renamed),
        shapes: node.shapes.slice(0, count),
      };
    });
    return {
      name,
      doc: "",
      inputs: this.#inputs,
      outputs: this.#outputs.map(({ name, value: { shape } }) => ({ name, type: "float", shape })),
      values: [],
      constants: new Map([...this.#constants].filter(([name]) => needed.has(name))),
      nodes,
      metadata: {},
    };
  }
}
