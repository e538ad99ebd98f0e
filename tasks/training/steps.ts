/**
 * Steps in flight: launches training steps one after the other without waiting for the engine,
 * settles each one's loss while the next is computed, and keeps the state before each until its
 * loss is known to be a number. When one is not, the operation that first produced it can still be
 * found.
 */
import type {
  DeviceState,
  Engine,
  NonFinite,
  Program,
  RunResult,
} from "../../dsl/engines/engine.ts";
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

/** A part of a step: a program and what it is fed. */
export interface StepPart {
  readonly program: Program;
  readonly inputs: StepInputs;
}

interface Flight {
  readonly parts: readonly StepPart[];
  readonly before: DeviceState;
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

  /** Launches a step, in one part or in several, and settles the one before, whose result it gives if there was one. */
  async launch(...parts: readonly StepPart[]): Promise<StepResult | undefined> {
    const before = this.#state;
    const read = parts.map((part) => this.#run(part, before));
    const measured = Promise.all(read).then(meanOf);
    // A failure is met when the step settles; until then it is not one that nobody handles.
    measured.catch(() => {});
    const earlier = this.#flying;
    this.#flying = { parts, before, measured };
    return earlier === undefined ? undefined : await this.#settle(earlier);
  }

  /** Runs a part; what the parts before it have made of the state `before` is given back. */
  #run({ program, inputs }: StepPart, before: DeviceState): Promise<Partial<StepResult>> {
    const state = this.#state;
    const result = program.run(state, inputs);
    this.#state = result.state;
    if (state !== before) this.#engine.free(state);
    return read(result);
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
    const culprit = await this.#trace(guilty);
    return new ProblemError([
      problemAt({ path: culprit?.origin ?? "", layer: culprit?.op ?? "loss", code: NOT_FINITE }, {
        rule: "training met a number that is not finite",
        got: culprit === undefined
          ? symptom
          : `${symptom}; ${culprit.op} was the first to give NaN or infinity`,
        wanted: "finite numbers",
        hint:
          "lower the learning rate, in a run of its own; the last good checkpoint, if one was saved, is kept, and a run can begin with it: --from, in a script { weights }",
      }),
    ]);
  }

  /** The first operation of a step whose result is not finite. */
  async #trace({ parts, before }: Flight): Promise<NonFinite | undefined> {
    const made: DeviceState[] = [];
    try {
      for (const { program, inputs } of parts) {
        const state = made.at(-1) ?? before;
        const culprit = await program.trace(state, inputs);
        if (culprit !== undefined) return culprit;
        made.push(program.run(state, inputs).state);
      }
      return undefined;
    } finally {
      for (const state of made) this.#engine.free(state);
    }
  }

  dispose(): void {
    const held = [this.#settled?.before, this.#flying?.before, this.#state];
    for (const state of new Set(held)) if (state !== undefined) this.#engine.free(state);
  }
}

/** What a program measured; that which comes after the parts of a batch has no loss. */
async function read({ outputs }: RunResult): Promise<Partial<StepResult>> {
  const { loss: asked, accuracy, gradientNorm } = outputs;
  const [loss, right, norm] = await Promise.all([asked?.(), accuracy?.(), gradientNorm?.()]);
  return defined({ loss: loss?.[0], accuracy: right?.[0], gradientNorm: norm?.[0] });
}

/** What a step measured: the mean of its parts, and what is said once. */
function meanOf(parts: readonly Partial<StepResult>[]): StepResult {
  const mean = (of: (part: Partial<StepResult>) => number | undefined) => {
    const numbers = parts.flatMap((part) => of(part) ?? []);
    return numbers.reduce((a, b) => a + b, 0) / numbers.length;
  };
  return {
    loss: mean(({ loss }) => loss),
    accuracy: mean(({ accuracy }) => accuracy),
    ...defined({ gradientNorm: parts.at(-1)?.gradientNorm }),
  };
}

async function isFinite(engine: Engine, state: DeviceState): Promise<boolean> {
  const tensors = await engine.download(state);
  return [...tensors.values()].every(({ data }) => data.every(Number.isFinite));
}
