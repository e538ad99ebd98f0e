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
import { bytes } from "../../dsl/problem/digits.ts";
import { inference } from "../../dsl/programs/inference.ts";
import { refused, type Result, right } from "../fp.ts";
import type { RunConfig } from "./config.ts";
import { type MachineMemory, machineMemory } from "./machine_memory.ts";
import type { Prepared } from "./prepare.ts";
import { graphsOf, partOf } from "./recipe.ts";
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
  readonly needs: (batch: number) => number;
  /** The part of it that is left free where nothing is said; 1 where the need is known exactly. */
  readonly close: number;
  /** What it is, in words: `the machine has free`. */
  readonly whose: string;
  readonly rule: string;
  /** What needs it. */
  readonly what: string;
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
  const budgets = budgetsOf(intent, machine);
  const beyond = budgets.find(({ close, needs, has }) => close * needs(batch) > has);
  const near = budgets.find(({ close, needs, has }) => needs(batch) > close * has);
  if (near === undefined) return right(undefined);
  const hint = advice(intent, largestBatch(budgets, batch));
  const words = ({ needs, what }: Budget) => `${bytes(needs(batch))} ${what}`;
  if (beyond !== undefined) {
    const { rule, has, whose } = beyond;
    const wanted = `at most the ${bytes(has)} that ${whose}`;
    return refused(PLACE, { rule, got: words(beyond), wanted, hint });
  }
  onWarning(`memory may be short: ${words(near)}, and ${near.whose} ${bytes(near.has)}; ${hint}`);
  return right(undefined);
}

const PLACE = { path: "batch", layer: "option", code: "out-of-memory" };
const VALUES: EngineMemory = {
  ofMachine: true,
  needed: (graphs) => Math.max(0, ...graphs.map((graph) => memoryUse(graph).peak)),
};

function budgetsOf(intent: Intent, machine: MachineMemory | undefined): readonly Budget[] {
  const { memory = VALUES, description } = intent.engine;
  const { most, largest, ofMachine } = memory;
  const { batch: images } = intent.config.recipe;
  const programsAt = programsOf(intent);
  const ofEngine = (batch: number): number => {
    const { programs, use } = programsAt(batch);
    return memory.needed(programs) + WAITING * use.state;
  };
  const ofProcess = (batch: number): number => {
    const { state, inputs } = programsAt(batch).use;
    return PROCESS + COPIES * state + BATCHES * inputs;
  };
  const ofTensor = (batch: number): number =>
    programsAt(batch).step.shapes.reduce((all, shape) => Math.max(all, bytesOf(shape)), 0);
  const { state } = programsAt(images).use;
  const whole = {
    close: CLOSE,
    rule: "training must fit the memory",
    what: `for steps of ${images} images, of which the weights and what the optimiser keeps are ` +
      bytes(state),
  };
  return [
    ...(machine === undefined ? [] : [{
      ...whole,
      has: machine.available,
      whose: "the machine has free",
      needs: (batch: number) => ofProcess(batch) + (ofMachine ? ofEngine(batch) : 0),
    }]),
    ...(most === undefined
      ? []
      : [{ ...whole, has: most, whose: `${description} can have`, needs: ofEngine }]),
    ...(largest === undefined ? [] : [{
      close: 1,
      rule: "every tensor of a step must fit a buffer of the engine",
      what: `in one tensor of steps of ${images} images`,
      has: largest,
      whose: `${description} takes`,
      needs: ofTensor,
    }]),
  ];
}

/** What training runs at a batch: the step, inference, and the memory of the step. */
function programsOf({ config, prepared }: Intent) {
  const { plan, parts } = prepared;
  // The first parts of a run may train on smaller images.
  const most = parts.map((part) => part.plan)
    .reduce((a, b) => sizeOf(b.input) > sizeOf(a.input) ? b : a, plan);
  const make = (batch: number) => {
    const recipe = { ...config.recipe, batch };
    const { step, gather = step } = graphsOf(most, recipe);
    const programs = [...new Set([gather, step]), inference(plan, partOf(recipe))];
    return { step: gather, programs, use: memoryUse(gather) };
  };
  const made = new Map<number, ReturnType<typeof make>>();
  return (batch: number) => {
    const programs = made.get(batch) ?? make(batch);
    made.set(batch, programs);
    return programs;
  };
}

/** The largest batch that leaves room everywhere; 0 when none does. */
function largestBatch(budgets: readonly Budget[], batch: number): number {
  let [fits, not] = [0, batch];
  while (not - fits > 1) {
    const middle = Math.floor((fits + not) / 2);
    if (budgets.every(({ close, needs, has }) => needs(middle) <= close * has)) fits = middle;
    else not = middle;
  }
  return fits;
}

function advice({ resumed }: Intent, batch: number): string {
  if (batch === 0) return "use a smaller network, or a machine or engine with more memory";
  const smaller = `use a batch of ${batch} at most`;
  return resumed ? `resume it where there is more, or begin a new run: ${smaller}` : smaller;
}
