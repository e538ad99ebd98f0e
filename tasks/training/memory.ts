/**
 * Whether a training fits the memory that is there, found before it starts. What it needs is told
 * from its program: weights, what the optimiser keeps, the values of a step at this batch, the
 * engine's overhead, and the copies that training holds; what there is, by the machine and by the
 * engine's own limit. An estimate is off by a quarter at most, so what needs more than that beyond
 * the limit cannot be, and what comes closer than that to it is said.
 */
import type { Engine, EngineMemory } from "../../dsl/engines/engine.ts";
import { memoryUse } from "../../dsl/interpreters/counts/memory.ts";
import { bytesOf, sizeOf } from "../../dsl/net/shape.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { bytes } from "../../dsl/problem/digits.ts";
import { inference, trainingStep } from "../../dsl/programs/programs.ts";
import { fail, type Problem, problemAt, type Result, right } from "../fp.ts";
import type { RunConfig } from "./config.ts";
import { type MachineMemory, machineMemory } from "./machine_memory.ts";
import type { Prepared } from "./prepare.ts";
import { stepOf } from "./recipe.ts";
import type { TrainWatch } from "./request.ts";

/** A training that is about to start. */
export interface Intent {
  readonly config: RunConfig;
  readonly prepared: Pick<Prepared, "plan" | "parts">;
  readonly engine: Pick<Engine, "memory" | "description">;
  /** Whether it is a run that was begun before, whose batch stays as it is. */
  readonly resumed: boolean;
}

/** The part of a limit that is left free where nothing is said. */
const CLOSE = 0.8;
/** States that wait on the engine until losses are known, beside those of the step itself. */
const WAITING = 2;
/** States in this process: the first one twice, and one on its way to a checkpoint and its bytes. */
const COPIES = 4;
/** Batches that are made ahead. */
const BATCHES = 4;
/** What this process grows by whatever it trains: programs, sessions, charts. */
const PROCESS = 130e6;

/** What there is of a memory, and what of it a batch takes. */
interface Budget {
  readonly has: number;
  readonly whose: string;
  readonly needs: (batch: number) => number;
}

/**
 * Refuses a training that cannot fit, with the largest batch that does; one that comes close is
 * told as a warning. Without `--allow-sys=systemMemoryInfo` only the engine's limits are known.
 */
export function checkMemory(
  intent: Intent,
  { onNote, onWarning = console.warn }: Pick<TrainWatch, "onNote" | "onWarning">,
  memoryOf: () => MachineMemory | undefined = machineMemory,
): Result<void> {
  const machine = memoryOf();
  if (machine === undefined) {
    onNote?.("the machine's memory is not checked; --allow-sys=systemMemoryInfo shows it");
  }
  const { batch } = intent.config.recipe;
  const problems: Problem[] = [...tooLarge(intent)];
  for (const budget of budgetsOf(intent, machine)) {
    const needs = budget.needs(batch);
    if (CLOSE * needs > budget.has) problems.push(tooMuch(intent, budget));
    else if (needs > CLOSE * budget.has) {
      onWarning(
        `training needs about ${bytes(needs)} of memory, and ${budget.whose} ` +
          `${bytes(budget.has)}; ${advice(intent, largestBatch(budget, batch))}`,
      );
    }
  }
  const [first] = problems;
  return first === undefined ? right(undefined) : fail(first);
}

/** The largest plan of a run: its first parts may train on smaller images. */
function largestPlan({ plan, parts }: Intent["prepared"]): Plan {
  return parts.map((part) => part.plan)
    .reduce((a, b) => sizeOf(b.input) > sizeOf(a.input) ? b : a, plan);
}

const VALUES: EngineMemory = {
  ofMachine: true,
  needed: (graphs) => Math.max(0, ...graphs.map((graph) => memoryUse(graph).peak)),
};

function stepAt({ config, prepared }: Intent, batch: number) {
  return trainingStep(largestPlan(prepared), stepOf({ ...config.recipe, batch }));
}

function budgetsOf(intent: Intent, machine: MachineMemory | undefined): readonly Budget[] {
  const { memory = VALUES, description } = intent.engine;
  const ofEngine = (batch: number): number => {
    const step = stepAt(intent, batch);
    const answer = inference(intent.prepared.plan, batch);
    return memory.needed([step, answer]) + WAITING * memoryUse(step).state;
  };
  const ofProcess = (batch: number): number => {
    const { state, inputs } = memoryUse(stepAt(intent, batch));
    return PROCESS + COPIES * state + BATCHES * inputs;
  };
  const engine = memory.most === undefined
    ? []
    : [{ has: memory.most, whose: `${description} can have`, needs: ofEngine }];
  if (machine === undefined) return engine;
  return [...engine, {
    has: machine.available,
    whose: "the machine has free",
    needs: (batch) => ofProcess(batch) + (memory.ofMachine ? ofEngine(batch) : 0),
  }];
}

/** The largest batch that leaves room; 0 when none does. */
function largestBatch({ has, needs }: Budget, batch: number): number {
  let [fits, not] = [0, batch];
  while (not - fits > 1) {
    const middle = Math.floor((fits + not) / 2);
    if (needs(middle) <= CLOSE * has) fits = middle;
    else not = middle;
  }
  return fits;
}

function advice({ resumed }: Intent, batch: number): string {
  if (batch === 0) return "use a smaller network, or a machine or engine with more memory";
  const smaller = `use a batch of ${batch} at most`;
  return resumed ? `resume it where there is more, or begin a new run: ${smaller}` : smaller;
}

const PLACE = { path: "batch", layer: "option", code: "out-of-memory" };

function tooMuch(intent: Intent, budget: Budget): Problem {
  const { batch } = intent.config.recipe;
  const { state } = memoryUse(stepAt(intent, batch));
  return problemAt(PLACE, {
    rule: "training must fit the memory",
    got: `about ${bytes(budget.needs(batch))} for steps of ${batch} images, of which the weights ` +
      `and what the optimiser keeps are ${bytes(state)}`,
    wanted: `at most the ${bytes(budget.has)} that ${budget.whose}`,
    hint: advice(intent, largestBatch(budget, batch)),
  });
}

/** A value of a step that is larger than any that the engine takes. */
function tooLarge(intent: Intent): readonly Problem[] {
  const { memory: { largest } = VALUES, description } = intent.engine;
  if (largest === undefined) return [];
  const { batch } = intent.config.recipe;
  const needs = (size: number) =>
    stepAt(intent, size).shapes.reduce((most, shape) => Math.max(most, bytesOf(shape)), 0);
  if (needs(batch) <= largest) return [];
  const fits = largestBatch({ has: largest / CLOSE, whose: "", needs }, batch);
  return [problemAt(PLACE, {
    rule: "every tensor of a step must fit a buffer of the engine",
    got: `one of ${bytes(needs(batch))} in steps of ${batch} images`,
    wanted: `at most the ${bytes(largest)} that ${description} takes`,
    hint: advice(intent, fits),
  })];
}
