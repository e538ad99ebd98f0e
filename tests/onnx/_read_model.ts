/** Reads ONNX files back: as much of the format as netfold writes, by the field numbers of onnx.proto. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A value with its type and shape. */
export interface ReadValue {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

/** A node. */
export interface ReadNode {
  readonly type: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Its attributes as they are written. */
  readonly attributes: readonly string[];
}

/** A constant. */
export interface ReadConstant {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly number[];
  readonly raw: Uint8Array;
}

/** A model. */
export interface ReadModel {
  readonly irVersion: number;
  readonly doc: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly name: string;
  readonly nodes: readonly ReadNode[];
  readonly constants: readonly ReadConstant[];
  readonly inputs: readonly ReadValue[];
  readonly outputs: readonly ReadValue[];
  readonly values: readonly ReadValue[];
}

type Field = number | Uint8Array;

/** The fields of a message by their numbers, in order. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<number, readonly Field[]> {
  const reader = new BinaryReader(bytes);
  const fields = new Map<number, Field[]>();
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    const value: Field = type === WireType.Varint
      ? Number(reader.int64())
      : type === WireType.Bit32
      ? reader.float()
      : reader.bytes();
    fields.set(number, [...fields.get(number) ?? [], value]);
  }
  return fields;
}

class Message {
  readonly #fields: ReadonlyMap<number, readonly Field[]>;

  constructor(bytes: Uint8Array) {
    this.#fields = fieldsOf(bytes);
  }

  #all(number: number): readonly Field[] {
    return this.#fields.get(number) ?? [];
  }

  numbers(number: number): readonly number[] {
    return this.#all(number).map((field) => {
      if (typeof field !== "number") throw new TypeError(`field ${number} is no number`);
      return field;
    });
  }

  bytes(number: number): readonly Uint8Array[] {
    return this.#all(number).map((field) => {
      if (typeof field === "number") throw new TypeError(`field ${number} is a number`);
      return field;
    });
  }

  texts(number: number): readonly string[] {
    return this.bytes(number).map((bytes) => new TextDecoder().decode(bytes));
  }

  text(number: number): string {
    return this.texts(number)[0] ?? "";
  }

  messages(number: number): readonly Message[] {
    return this.bytes(number).map((bytes) => new Message(bytes));
  }
}

function value(message: Message): ReadValue {
  const tensor = message.messages(2)[0]?.messages(1)[0];
  const dims = tensor?.messages(2)[0]?.messages(1) ?? [];
  return {
    name: message.text(1),
    type: tensor?.numbers(1)[0] ?? NaN,
    shape: dims.map((dim) => dim.numbers(1)[0] ?? dim.text(2)),
  };
}

/** A model from its bytes. */
export function readModel(bytes: Uint8Array): ReadModel {
  const model = new Message(bytes);
  const [graph] = model.messages(7);
  if (graph === undefined) throw new TypeError("the file holds no graph");
  return {
    irVersion: model.numbers(1)[0] ?? NaN,
    doc: model.text(6),
    opsets: model.messages(8).map((opset) => ({
      domain: opset.text(1),
      version: opset.numbers(2)[0] ?? NaN,
    })),
    metadata: new Map(model.messages(14).map((entry) => [entry.text(1), entry.text(2)])),
    name: graph.text(2),
    nodes: graph.messages(1).map((node) => ({
      inputs: node.texts(1),
      outputs: node.texts(2),
      name: node.text(3),
      type: node.text(4),
      domain: node.text(7),
      attributes: node.bytes(5).map((bytes) => bytes.join()),
    })),
    constants: graph.messages(5).map((tensor) => ({
      dims: tensor.numbers(1),
      type: tensor.numbers(2)[0] ?? NaN,
      name: tensor.text(8),
      raw: tensor.bytes(9)[0] ?? new Uint8Array(),
    })),
    inputs: graph.messages(11).map(value),
    outputs: graph.messages(12).map(value),
    values: graph.messages(13).map(value),
  };
}
