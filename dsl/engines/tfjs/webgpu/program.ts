/**
 * Shaders of our own on the library's WebGPU backend, which compiles, caches
 * and dispatches them like its own. Every dispatch costs the same however
 * little it does, so operations that the library composes of many kernels are
 * worth one shader. Source: `WebGPUProgram` in tfjs-backend-webgpu 4.22.
 */
import { engine, type Tensor } from "@tensorflow/tfjs-core";
import type { WebGPUBackend, WebGPUProgram } from "@tensorflow/tfjs-backend-webgpu";
import type { TensorShape } from "../../../graph/op.ts";
import { sizeOf } from "../kernels.ts";

/** A number that the shader reads as `uniforms.<name>`. */
interface Uniform {
  readonly name: string;
  readonly type: "i32" | "f32";
  readonly value: number;
}

/** A shader that computes a tensor entry by entry, or vector by vector. */
interface Shader {
  /** A name of its own for every different code. */
  readonly key: string;
  /** Declarations and `fn main(index : i32)`; the result's buffer is `result`. */
  readonly code: string;
  /** The operands, by the names of their buffers. */
  readonly operands: Readonly<Record<string, Tensor>>;
  /** Numbers that may change from run to run. */
  readonly uniforms: readonly Uniform[];
  /** The result's shape. */
  readonly shape: TensorShape;
  /** Entries of the result per thread: with 4 its buffer holds `vec4<f32>`. */
  readonly lanes: 1 | 4;
  /** The same of each operand's buffer; without it, as the result's. */
  readonly operandLanes?: readonly (1 | 4)[];
  /** Threads of a workgroup. */
  readonly threads: number;
  /** Workgroups; without it, one thread for each entry or vector of the result. */
  readonly workgroups?: number;
}

/** The library's backend; only expansions of webgpu may ask for it. */
function webgpuBackend(): WebGPUBackend {
  return engine().backend as unknown as WebGPUBackend;
}

/** How many operands a shader may have on this device, beside its result. */
export function mostOperands(): number {
  return webgpuBackend().device.limits.maxStorageBuffersPerShaderStage - 1;
}

/** Runs a shader on its operands; threads past the result's end must return by themselves (`uniforms.size`). */
export function runShader(shader: Shader): Tensor {
  const { shape, lanes, threads } = shader;
  const inputs = Object.values(shader.operands);
  const needed = Math.ceil(sizeOf(shape) / lanes / threads);
  const program: WebGPUProgram = {
    shaderKey: `netfold ${shader.key} ${lanes}`,
    outputShape: [...shape],
    dispatchLayout: { x: shape.map((_, axis) => axis) },
    dispatch: [shader.workgroups ?? needed, 1, 1],
    workgroupSize: [threads, 1, 1],
    variableNames: Object.keys(shader.operands),
    uniforms: shader.uniforms.map(({ name, type }) => `${name} : ${type},`).join(" "),
    outputComponent: lanes,
    variableComponents: [...shader.operandLanes ?? inputs.map(() => lanes)],
    size: true,
    getUserCode: () => shader.code,
  };
  const info = webgpuBackend().runWebGPUProgram(
    program,
    inputs,
    "float32",
    shader.uniforms.map(({ type, value }) => ({
      type: type === "i32" ? "int32" : "float32",
      data: [value],
    })),
  );
  return engine().makeTensorFromTensorInfo(info);
}

/**
 * One result per entry, from operands of the result's size, one number per
 * channel, or a single number. `expression` reads them by name, as values of
 * type `T`: a number, or four neighbouring ones.
 */
interface Pointwise {
  /** A name of its own for every different expression. */
  readonly key: string;
  /** The operands, by their names; the result has the shape of the first. */
  readonly operands: Readonly<Record<string, Tensor>>;
  /** Statements before the expression. */
  readonly statements?: string;
  /** The result. */
  readonly expression: string;
  /** Numbers, read by their bare names. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** Runs an entry-by-entry computation. */
export function pointwise(
  { key, operands, statements = "", expression, numbers = {} }: Pointwise,
): Tensor {
  const inputs = Object.values(operands);
  const shape = inputs[0]?.shape ?? [];
  const size = sizeOf(shape);
  const channels = shape[shape.length - 1] ?? 1;
  const lanes = channels % 4 === 0 ? 4 : 1;
  const kinds = inputs.map((tensor, i) =>
    tensor.size === size && (i === 0 || tensor.shape.length === shape.length)
      ? "entry"
      : tensor.size === 1
      ? "single"
      : "channel"
  );
  const loads = Object.keys(operands).map((name, i) => {
    const buffer = `${name}Buffer`;
    switch (kinds[i]) {
      case "entry":
        return `let ${name} = T(${buffer}[index]);`;
      case "single":
        return `let ${name} = T(${buffer}[0]);`;
      default:
        return `let ${name} = T(${buffer}[index % uniforms.channels]);`;
    }
  });
  return runShader({
    key: `${key} ${kinds.join(" ")}`,
    code: `
      alias T = ${lanes === 4 ? "vec4<f32>" : "f32"};
      fn main(index : i32) {
        if (index >= uniforms.size) { return; }
        ${loads.join("\n")}
        ${Object.keys(numbers).map((name) => `let ${name} = T(uniforms.${name});`).join("\n")}
        ${statements}
        result[index] = ${expression};
      }`,
    operands: buffersOf(operands),
    uniforms: [
      ...uniformsOf("i32", { channels: channels / lanes }),
      ...uniformsOf("f32", numbers),
    ],
    shape,
    lanes,
    operandLanes: kinds.map((kind) => kind === "single" ? 1 : lanes),
    threads: 128,
  });
}

/** Operands by the names of their buffers, so that their own names are those of entries. */
export function buffersOf(
  operands: Readonly<Record<string, Tensor>>,
): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(
    Object.entries(operands).map(([name, tensor]) => [`${name}Buffer`, tensor]),
  );
}

/** Numbers as what a shader reads. */
export function uniformsOf(
  type: Uniform["type"],
  numbers: Readonly<Record<string, number>>,
): readonly Uniform[] {
  return Object.entries(numbers).map(([name, value]) => ({ name, type, value }));
}
