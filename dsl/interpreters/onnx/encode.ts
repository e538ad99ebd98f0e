/**
 * ONNX models as bytes: Protocol Buffers at wire level, field numbers as in
 * onnx.proto.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type Attribute,
  BLOCKED,
  type Dimension,
  IR_VERSION,
  MICROSOFT,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  OPSET,
} from "./model.ts";

/** The numbers of the element types in `TensorProto.DataType`. */
const ELEMENT = { float: 1, int64: 7, bool: 9 } as const;
/** The numbers of the kinds in `AttributeProto.AttributeType`. */
const KIND = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

/** The bytes of an `.onnx` file. */
export function encode(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(IR_VERSION);
  text(writer, 2, "netfold");
  if (model.doc !== "") text(writer, 6, model.doc);
  message(writer, 7, (graph) => writeGraph(graph, model));
  const domains = new Set(model.nodes.map(({ domain }) => domain));
  for (const [domain, version] of [["", OPSET], [MICROSOFT, 1], [BLOCKED, 1]] as const) {
    if (domain !== "" && !domains.has(domain)) continue;
    message(writer, 8, (opset) => {
      text(opset, 1, domain);
      opset.tag(2, WireType.Varint).int64(version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    message(writer, 14, (entry) => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  // The writer's buffers are its own, never shared memory.
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

function writeGraph(writer: BinaryWriter, model: OnnxModel): void {
  for (const node of model.nodes) message(writer, 1, (part) => writeNode(part, node));
  text(writer, 2, model.name);
  for (const [name, tensor] of model.constants) {
    message(writer, 5, (part) => writeTensor(part, name, tensor));
  }
  for (const value of model.inputs) message(writer, 11, (part) => writeValue(part, value));
  for (const value of model.outputs) message(writer, 12, (part) => writeValue(part, value));
  for (const value of model.values) message(writer, 13, (part) => writeValue(part, value));
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) text(writer, 1, name);
  for (const name of node.outputs) text(writer, 2, name);
  text(writer, 3, node.name);
  text(writer, 4, node.type);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message(writer, 5, (part) => writeAttribute(part, name, attribute));
  }
  if (node.domain !== "") text(writer, 7, node.domain);
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  text(writer, 1, name);
  switch (attribute.kind) {
    case "float":
      writer.tag(2, WireType.Bit32).float(attribute.value);
      break;
    case "int":
      writer.tag(3, WireType.Varint).int64(attribute.value);
      break;
    case "string":
      text(writer, 4, attribute.value);
      break;
    case "floats":
      for (const value of attribute.value) writer.tag(7, WireType.Bit32).float(value);
      break;
    case "ints":
      for (const value of attribute.value) writer.tag(8, WireType.Varint).int64(value);
      break;
    default:
      attribute satisfies never;
  }
  writer.tag(20, WireType.Varint).int32(KIND[attribute.kind]);
}

function writeTensor(writer: BinaryWriter, name: string, tensor: OnnxTensor): void {
  for (const size of tensor.dims) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(ELEMENT[tensor.type]);
  text(writer, 8, name);
  const { buffer, byteOffset, byteLength } = tensor.data;
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(buffer, byteOffset, byteLength));
}

function writeValue(writer: BinaryWriter, { name, type, shape }: OnnxValue): void {
  text(writer, 1, name);
  message(writer, 2, (part) =>
    message(part, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(ELEMENT[type]);
      message(tensor, 2, (dims) => {
        for (const size of shape) message(dims, 1, (dim) => writeDimension(dim, size));
      });
    }));
}

function writeDimension(writer: BinaryWriter, size: Dimension): void {
  if (typeof size === "string") text(writer, 2, size);
  else writer.tag(1, WireType.Varint).int64(size);
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, write: (part: BinaryWriter) => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}
