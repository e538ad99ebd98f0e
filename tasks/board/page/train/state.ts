/** The trainings of this page, of which one at a time goes on, in a worker. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { backend } from "../engine_choice.tsx";
import { left, show } from "../here.ts";
import { MOST } from "../runs/colours.ts";
import { EngineWorker } from "../worker/engine_worker.ts";
import type { TrainTold } from "../worker/messages.ts";
import { paramsOf, type Settings, settingsOf } from "./settings.ts";
import { begun, isGoing, type Training, withTold } from "./training.ts";

/** What is trained next, as the address says it. */
export const settings: ReadonlySignal<Settings> = computed(() =>
  settingsOf(left.value.train ?? new URLSearchParams())
);

/** The last trainings, as many as charts can tell apart; the present one last. */
export const trainings: Signal<readonly Training[]> = signal([]);

/** The steps that charts show; all when nothing is said. */
export const shown: Signal<readonly [number, number] | undefined> = signal(undefined);

let begunSoFar = 0;
let worker: EngineWorker<TrainTold> | undefined;

/** Changes what is trained next. */
export function set(change: Partial<Settings>): void {
  show("train", paramsOf({ ...settings.peek(), ...change }));
}

/** Trains with the present settings, in place of what goes on. */
export function start(): void {
  stop();
  const training = begun(settings.peek(), ++begunSoFar);
  trainings.value = [...trainings.peek(), training].slice(-MOST);
  shown.value = undefined;
  worker = new EngineWorker<TrainTold>(backend.peek(), take);
  worker.ask({ kind: "train", settings: training.settings });
}

/** Ends what goes on; what it has shown stays. */
export function stop(): void {
  end();
  const last = trainings.peek().at(-1);
  if (last !== undefined && isGoing(last)) replace({ ...last, state: "stopped" });
}

/** Ends the worker, which gives back all that its engine holds. */
function end(): void {
  worker?.end();
  worker = undefined;
}

function take(told: TrainTold): void {
  const last = trainings.peek().at(-1);
  if (last === undefined || !isGoing(last)) return;
  const next = withTold(last, told);
  replace(next);
  if (!isGoing(next)) end();
}

function replace(training: Training): void {
  trainings.value = [...trainings.peek().slice(0, -1), training];
}
