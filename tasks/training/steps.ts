/**
 * Steps in flight: launches training steps one after the other without waiting for the engine,
 * settles each one's loss while the next is computed, and keeps the state before each until its
 * loss is known to be a number. When one is not, the operation that first produced it can still be
 * found.
 */
import type { DeviceState, Engine, Program, RunResult } from "../../dsl/engines/engine.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { problemAt, ProblemError } from "../fp.ts";

/** The code of the problem of a training that meets NaN or infinity. */
export const NOT_FINITE = "not-finite";

export type StepInputs = Readonly<Record<string, Float32Array>>;

export interface StepResult {
  readonly loss: number;
  readonly accuracy: number;
  /** The common norm of all gradients, when the program gives it. */
  readonly gradientNorm?: number;
}

interface Flight {
  readonly program: Program;
  readonly before: DeviceState;
  readonly inputs: StepInputs;
  /** What the step measures, on its way from the device. */
  readonly measured: Promise<StepResult>;
}

/**
 * Runs training steps from a state.
 *
 * Its methods throw a {@link ProblemError} that names the operation when they meet a number that is
 * not finite.
 */
export class Steps {
  readonly #engine: Engine;
  #state: DeviceState;
  /** The settled step, kept for one more: a loss can show only then that its update went wrong. */
  #settled: Flight | undefined;
  #flying: Flight | undefined;

  /** Takes over `state`, which {@link Steps.dispose} frees. */
  constructor(engine: Engine, state: DeviceState) {
    this.#engine = engine;
    this.#state = state;
  }

  get state(): DeviceState {
    return this.#state;
  }

  /** Launches a step and settles the one before, whose result it gives if there was one. */
  async launch(program: Program, inputs: StepInputs): Promise<StepResult | undefined> {
    const before = this.#state;
    const result = program.run(before, inputs);
    const measured = read(result);
    // A failure is met when the step settles; until then it is not one that nobody handles.
    measured.catch(() => {});
    this.#state = result.state;
    const earlier = this.#flying;
    this.#flying = { program, before, inputs, measured };
    return earlier === undefined ? undefined : await this.#settle(earlier);
  }

  async land(): Promise<StepResult | undefined> {
    const last = this.#flying;
    this.#flying = undefined;
    return last === undefined ? undefined : await this.#settle(last);
  }

  async #settle(flight: Flight): Promise<StepResult> {
    const earlier = this.#settled;
    this.#settled = flight;
    try {
      const measured = await flight.measured;
      if (Number.isFinite(measured.loss)) return measured;
      throw await this.#blame(flight, earlier, `a loss of ${measured.loss}`);
    } finally {
      if (earlier !== undefined) this.#engine.free(earlier.before);
    }
  }

  /** Makes sure that the state holds finite numbers only; to be asked before it is saved. */
  async check(): Promise<void> {
    const last = this.#settled;
    if (last !== undefined && !await isFinite(this.#engine, this.#state)) {
      throw await this.#blame(last, undefined, "weights that are not finite");
    }
  }

  /** The problem of a step that went wrong, or of the one before when that left bad weights. */
  async #blame(
    flight: Flight,
    earlier: Flight | undefined,
    symptom: string,
  ): Promise<ProblemError> {
    const guilty = earlier !== undefined && !await isFinite(this.#engine, flight.before)
      ? earlier
      : flight;
    const culprit = await guilty.program.trace(guilty.before, guilty.inputs);
    return new ProblemError([
      problemAt({ path: culprit?.origin ?? "", layer: culprit?.op ?? "loss", code: NOT_FINITE }, {
        rule: "training met a number that is not finite",
        got: culprit === undefined
          ? symptom
          : `${symptom}; ${culprit.op} was the first to give NaN or infinity`,
        wanted: "finite numbers",
        hint: "lower the learning rate; the last good checkpoint, if one was saved, is kept",
      }),
    ]);
  }

  dispose(): void {
    const held = [this.#settled?.before, this.#flying?.before, this.#state];
    for (const state of new Set(held)) if (state !== undefined) this.#engine.free(state);
  }
}

async function read({ outputs }: RunResult): Promise<StepResult> {
  const { loss: asked, accuracy, gradientNorm } = outputs;
  const [loss, right, norm] = await Promise.all([asked?.(), accuracy?.(), gradientNorm?.()]);
  return {
    loss: loss?.[0] ?? NaN,
    accuracy: right?.[0] ?? NaN,
    ...defined({ gradientNorm: norm?.[0] }),
  };
}

async function isFinite(engine: Engine, state: DeviceState): Promise<boolean> {
  const tensors = await engine.download(state);
  return [...tensors.values()].every(({ data }) => data.every(Number.isFinite));
}
