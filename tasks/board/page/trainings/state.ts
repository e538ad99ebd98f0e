/** The trainings that the board has started, where it may; and what starts, stops and resumes them. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import type { Result } from "../../../../dsl/problem/result.ts";
import type { BoardTraining, BoardTrainings, StartedTraining, TrainField } from "../../wire.ts";
import { answerAt } from "../answer.ts";
import { ask } from "../ask.ts";

/** Milliseconds after which they are asked for again. */
const AGAIN_MS = 1500;

/** Whether the board may start, stop and resume trainings. */
const trains = "trains" in document.documentElement.dataset;

/** What the board has started; nothing where it only reads, and before it has said so. */
export const known: Signal<BoardTrainings | undefined> = signal(undefined);

/** What the texts of the form's fields are, and the network as JSON where it is none of the zoo. */
export type Fields = Readonly<Record<TrainField, string>> & { readonly json?: string };

/** Those that train, by their runs. */
export const going: ReadonlySignal<ReadonlyMap<string, BoardTraining>> = computed(() =>
  new Map(
    known.value?.trainings.filter(({ state }) => ["training", "stopping"].includes(state))
      .map((training) => [training.id, training]),
  )
);

async function read(): Promise<boolean> {
  const found = await ask<BoardTrainings>("trainings");
  if (found._tag === "Right") known.value = found.right;
  return found._tag === "Right";
}

/** Asks for them now and again while they are shown. */
export function watchTrainings(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    if (document.visibilityState === "visible") await read();
    if (!isOver) timer = setTimeout(look, AGAIN_MS);
  };
  if (trains) look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Starts a training; gives its run, or what is wrong. */
export function start(fields: Fields): Promise<Result<StartedTraining>> {
  return send("start", [], {
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(fields),
  });
}

/** Asks a training to save and to end. */
export function stop(id: string): Promise<Result<StartedTraining>> {
  return send("stop", [["run", id]]);
}

/** Resumes a run that was stopped. */
export function resume(id: string): Promise<Result<StartedTraining>> {
  return send("resume", [["run", id]]);
}

async function send(
  what: "start" | "stop" | "resume",
  given: [string, string][],
  more: RequestInit = {},
): Promise<Result<StartedTraining>> {
  const address = `api/trainings/${what}?${new URLSearchParams(given)}`;
  const done = await answerAt<StartedTraining>(address, (answer) => answer.json(), {
    method: "POST",
    ...more,
  });
  await read();
  return done;
}

/** The field that a problem is of; its path begins with it. */
export function isOf(field: TrainField, { path }: Problem): boolean {
  return path === field || path.startsWith(`${field}: `);
}
