/** ONNX Runtime, but for what a test makes go wrong in it. */
import type { InferenceSession } from "onnxruntime-common";
import type { Runtime } from "../../dsl/engines/onnx/runtime.ts";

/** What goes wrong. */
export interface Faults {
  /** What becomes of a model's bytes on their way to the runtime. */
  readonly damage?: (bytes: Uint8Array) => Uint8Array;
  /** Called before each run, which does not begin when this throws. */
  readonly beforeRun?: () => void;
}

/** A runtime with faults. */
export function faultyRuntime(
  { InferenceSession, Tensor, env }: Runtime,
  { damage = (bytes) => bytes, beforeRun = () => {} }: Faults,
): Runtime {
  const create = async (model: unknown, options: unknown): Promise<InferenceSession> => {
    if (!(model instanceof Uint8Array)) throw new TypeError("netfold gives models as bytes");
    const session = await InferenceSession.create(
      damage(model),
      // What netfold gave, between its call and the runtime's own.
      options as InferenceSession.SessionOptions,
    );
    const run = session.run.bind(session);
    return Object.assign(session, {
      run: async (...args: Parameters<typeof run>) => {
        beforeRun();
        return await run(...args);
      },
    });
  };
  return { InferenceSession: { create }, Tensor, env };
}

/** Writes another text of the same length over a text, wherever it stands in bytes. */
export function renamed(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  if (!text.includes(from) || from.length !== to.length) {
    throw new TypeError(`"${from}" cannot become "${to}" here`);
  }
  return Uint8Array.from(text.replaceAll(from, to), (character) => character.charCodeAt(0));
}
