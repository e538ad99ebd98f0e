/** Steps in flight: whose state is kept, whose is freed, and which step is blamed. */
import { assertEquals, assertRejects } from "@std/assert";
import type { DeviceState, Engine, Program } from "../../dsl/engines/engine.ts";
import { ProblemError } from "../../dsl/problem/throw.ts";
import { Steps } from "../../tasks/training/steps.ts";
import { trainingStep } from "../../dsl/programs/training_step.ts";
import { orThrow, plan } from "../../mod.ts";
import { tinyNet } from "./_runs.ts";

interface Numbered extends DeviceState {
  readonly number: number;
}

/** What goes wrong: the step (from 0) whose loss is NaN, and the state from which on weights are NaN. */
interface Trouble {
  readonly loss?: number;
  readonly weights?: number;
  /** The step whose loss the device does not give. */
  readonly lost?: number;
}

/** Step i makes state i + 1 of state i; records what is traced, and fails when a state is freed twice. */
function numbered(trouble: Trouble) {
  const held = new Set<DeviceState>();
  const traced: (readonly [state: number, input: number])[] = [];
  const make = (number: number): Numbered => {
    const state = { names: [], number };
    held.add(state);
    return state;
  };
  const numberOf = (state: DeviceState): number => {
    if (!held.has(state)) throw new TypeError("A state that was freed");
    return (state as Numbered).number;
  };
  const optimizer = { kind: "sgd" } as const;
  const graph = trainingStep(orThrow(plan(tinyNet(), [8, 8, 3])), { batch: 1, optimizer });
  const program: Program = {
    graph,
    run: (state) => {
      const number = numberOf(state);
      const loss = Float32Array.of(number === trouble.loss ? NaN : number);
      return {
        outputs: {
          loss: () =>
            number === trouble.lost ? Promise.reject(new Error("lost")) : Promise.resolve(loss),
          accuracy: () => Promise.resolve(Float32Array.of(0.5)),
        },
        state: make(number + 1),
      };
    },
    trace: (state, { images }) => {
      traced.push([numberOf(state), images?.[0] ?? NaN]);
      return Promise.resolve({ op: "sgd", origin: "conv1.kernel", shape: [] });
    },
    dispose: () => {},
  };
  const engine: Engine = {
    description: "numbers",
    backend: "numbers",
    load: () => program,
    upload: () => make(0),
    download: (state) => {
      const bad = numberOf(state) >= (trouble.weights ?? Infinity);
      const data = Float32Array.of(bad ? NaN : 1);
      return Promise.resolve(new Map([["weight", { shape: [1], data }]]));
    },
    free: (state) => {
      numberOf(state);
      held.delete(state);
    },
    liveTensors: () => held.size,
    dispose: () => {},
  };
  return { held, traced, program, steps: new Steps(engine, make(0)) };
}

const inputs = (step: number) => ({ images: Float32Array.of(step) });

Deno.test("launch() settles the step before, land() the last", async () => {
  const { steps, program } = numbered({});
  assertEquals(await steps.land(), undefined);
  assertEquals(await steps.launch({ program, inputs: inputs(0) }), undefined);
  assertEquals(await steps.launch({ program, inputs: inputs(1) }), { loss: 0, accuracy: 0.5 });
  assertEquals(await steps.land(), { loss: 1, accuracy: 0.5 });
  assertEquals(await steps.land(), undefined);
});

Deno.test("launch() holds as many states after the tenth step as after the third", async () => {
  const { steps, program, held } = numbered({});
  const counts: number[] = [];
  for (let step = 0; step < 10; step++) {
    await steps.launch({ program, inputs: inputs(step) });
    counts.push(held.size);
  }
  assertEquals(counts.slice(2), counts.slice(2).map(() => 3));
  steps.dispose();
  assertEquals(held.size, 0);
});

for (const step of [0, 1, 2, 5]) {
  Deno.test(`a loss that is NaN at step ${step} after good weights is that step's fault`, async () => {
    const { steps, program, held, traced } = numbered({ loss: step });
    const error: ProblemError = await assertRejects(async () => {
      for (let i = 0; i <= step + 1; i++) await steps.launch({ program, inputs: inputs(i) });
    }, ProblemError);
    assertEquals(traced, [[step, step]]);
    assertEquals(error.problems.map(({ path, layer }) => [path, layer]), [["conv1.kernel", "sgd"]]);
    steps.dispose();
    assertEquals(held.size, 0);
  });
}

for (const step of [1, 2, 5]) {
  Deno.test(`a loss that is NaN at step ${step} on bad weights is the fault of the step before`, async () => {
    const { steps, program, held, traced } = numbered({ loss: step, weights: step });
    await assertRejects(async () => {
      for (let i = 0; i <= step; i++) await steps.launch({ program, inputs: inputs(i) });
      await steps.land();
    }, ProblemError);
    assertEquals(traced, [[step - 1, step - 1]]);
    steps.dispose();
    assertEquals(held.size, 0);
  });
}

Deno.test("check() blames the last step for weights that its loss does not show", async () => {
  const { steps, program, held, traced } = numbered({ weights: 3 });
  for (let i = 0; i < 2; i++) await steps.launch({ program, inputs: inputs(i) });
  await steps.land();
  await steps.check();
  await steps.launch({ program, inputs: inputs(2) });
  await steps.land();
  const error: ProblemError = await assertRejects(
    () => steps.check(),
    ProblemError,
    "weights that are not finite",
  );
  assertEquals(error.problems.length, 1);
  assertEquals(traced, [[2, 2]]);
  steps.dispose();
  assertEquals(held.size, 0);
});

Deno.test("a device that is lost is reported once, when its step settles", async () => {
  const { steps, program } = numbered({ lost: 1 });
  await steps.launch({ program, inputs: inputs(0) });
  await steps.launch({ program, inputs: inputs(1) });
  await new Promise((resolve) => setTimeout(resolve, 0));
  await assertRejects(() => steps.land(), Error, "lost");
  steps.dispose();
});
