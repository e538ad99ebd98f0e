/** A model loaded into ONNX Runtime. */
import type { InferenceSession, Tensor } from "onnxruntime-common";
import type { TensorShape } from "../../graph/op.ts";
import { ProblemError } from "../../problem/throw.ts";
import { encode } from "../../interpreters/onnx/encode.ts";
import type { Emitted } from "../../interpreters/onnx/emit.ts";
import { loadRefusal, runRefusal } from "./refusal.ts";
import type { Runtime } from "./runtime.ts";

/** Numbers that a model is fed or writes, and their shape. */
export interface Numbers {
  readonly shape: TensorShape;
  /** The array; a run writes into that of an output. */
  readonly data: Float32Array;
}

/** How sessions are made. */
export interface SessionHost {
  readonly runtime: Runtime;
  /** Threads within an operation. */
  readonly threads: number;
}

/** A model that can be run. */
export class Session {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #name: string;

  private constructor(runtime: Runtime, session: InferenceSession, name: string) {
    this.#runtime = runtime;
    this.#session = session;
    this.#name = name;
  }

  /**
   * Loads a model.
   *
   * @throws {ProblemError} When the runtime refuses it.
   */
  static async open({ runtime, threads }: SessionHost, { model, own }: Emitted): Promise<Session> {
    const bytes = encode(model);
    try {
      const session = await runtime.InferenceSession.create(bytes, {
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        executionMode: "sequential",
        // A plan of all memory is one more block beside what the first run took.
        enableMemPattern: false,
        // Written with the runtime's own operators, a model has nothing left to fuse, and looking
        // for it takes minutes in a training step of tens of thousands of nodes.
        graphOptimizationLevel: own ? "disabled" : "all",
        logSeverityLevel: 3,
        // Gradients come near zero, and arithmetic on subnormal numbers is a hundred times slower.
        extra: { session: { set_denormal_as_zero: "1" } },
      });
      return new Session(runtime, session, model.name);
    } catch (error) {
      throw new ProblemError([loadRefusal(error, { name: model.name, size: bytes.length })]);
    }
  }

  /**
   * Runs the model once; the outputs' arrays hold its results afterwards.
   *
   * @throws {ProblemError} When the runtime fails.
   */
  async run(
    inputs: Readonly<Record<string, Numbers>>,
    outputs: Readonly<Record<string, Numbers>>,
  ): Promise<void> {
    const feeds = this.#tensors(inputs);
    const fetches = this.#tensors(outputs);
    try {
      await this.#session.run(feeds, fetches);
    } catch (error) {
      throw new ProblemError([runRefusal(error, this.#name)]);
    }
  }

  #tensors(all: Readonly<Record<string, Numbers>>): Record<string, Tensor> {
    return Object.fromEntries(
      Object.entries(all).map((
        [name, { shape, data }],
      ) => [name, new this.#runtime.Tensor("float32", data, shape)]),
    );
  }

  /** Gives back what the runtime holds. */
  async close(): Promise<void> {
    await this.#session.release();
  }
}
