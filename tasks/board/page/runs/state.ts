/** The runs that the page knows, and what the selected ones have recorded; followed while they train. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import type { BoardRun, BoardRuns, Recorded, Unread } from "../../wire.ts";
import { ask, isExported } from "../ask.ts";
import { strangers, wrongAddress } from "../address.ts";
import { here, show } from "../here.ts";
import { MOST } from "./colours.ts";
import { type Course, NOTHING, withRecorded } from "./course.ts";

/** Milliseconds after which the table is read again. */
const AGAIN_MS = 5000;

export const table: Signal<BoardRuns | undefined> = signal(undefined);
/** Why the table, or some of it, could not be read. */
const unlisted: Signal<readonly Problem[]> = signal([]);
/** Why drawn runs could not be read, by their names. */
const unread: Signal<ReadonlyMap<string, readonly Problem[]>> = signal(new Map());
/** What could not be read, for as long as it cannot. */
export const problems: ReadonlySignal<readonly Problem[]> = computed(() => [
  ...unlisted.value,
  ...drawn.value.flatMap((id) => unread.value.get(id) ?? []),
]);
/** What runs have recorded, by their names. */
export const courses: Signal<ReadonlyMap<string, Course>> = signal(new Map());
/** The steps that charts show; all when nothing is said. */
export const shown: Signal<readonly [number, number] | undefined> = signal(undefined);

/** The selected runs, in the order in which they were selected. */
export const selected: ReadonlySignal<readonly string[]> = computed(() => {
  const { part, given } = here.value;
  return part === "runs" ? [...new Set(given.getAll("run"))].slice(0, MOST) : [];
});

/** What an address names that this part does not show. */
export function unknownIn(given: URLSearchParams): readonly Problem[] {
  const runs = new Set(given.getAll("run"));
  return [
    ...strangers(given, ["run"], ["run"]),
    ...runs.size <= MOST ? [] : [wrongAddress("run", {
      code: "invalid-argument",
      rule: "as many runs are drawn as colours can tell apart",
      got: `${runs.size} runs`,
      wanted: `at most ${MOST}`,
      hint: "the first ones are drawn; take some out of the address, or choose others below",
    })],
  ];
}

/** Those of them that the table has. */
export const drawn: ReadonlySignal<readonly string[]> = computed(() =>
  selected.value.filter((id) => runOf(id) !== undefined)
);

/** Selects a run, or takes it out. */
export function toggle(id: string): void {
  const now = selected.value;
  const next = now.includes(id) ? now.filter((one) => one !== id) : [...now, id];
  show("runs", new URLSearchParams(next.map((one) => ["run", one])));
}

async function readTable(): Promise<void> {
  const found = await ask<BoardRuns>("runs");
  if (found._tag === "Left") unlisted.value = found.left;
  else {
    // What is the same as before need not be drawn again.
    const isNew = JSON.stringify(found.right) !== JSON.stringify(table.peek());
    if (isNew) table.value = found.right;
    unlisted.value = found.right.problems;
  }
}

/** Reads the table now and again for as long as it is seen; an exported one once. */
export function watchTable(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    if (document.visibilityState === "visible") await readTable();
    const isLast = isExported && table.peek() !== undefined;
    if (!isOver && !isLast) timer = setTimeout(look, AGAIN_MS);
  };
  look();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

/** Follows the selected runs until others are selected. */
export function followSelected(): () => void {
  let events: EventSource | undefined;
  const key = computed(() => JSON.stringify(drawn.value));
  const stop = effect(() => {
    const ids: readonly string[] = JSON.parse(key.value);
    let isOver = false;
    follow(ids, () => isOver).then((opened) => {
      if (isOver) opened?.close();
      else events = opened;
    });
    return () => {
      isOver = true;
      events?.close();
    };
  });
  return stop;
}

async function follow(
  ids: readonly string[],
  isOver: () => boolean,
): Promise<EventSource | undefined> {
  await Promise.all(ids.map(async (id) => {
    if (courses.peek().has(id)) return;
    const found = await ask<Recorded>("recorded", [["run", id]]);
    if (found._tag === "Left") setUnread(id, found.left);
    else take(found.right);
  }));
  if (isOver() || isExported || ids.length === 0) return undefined;
  // One that could not be read yet is read from its beginning.
  const given = ids.flatMap((id) => [["run", id], ["at", courses.peek().get(id)?.at ?? ""]]);
  const events = new EventSource(`api/follow?${new URLSearchParams(given)}`);
  events.addEventListener("message", ({ data }) => {
    const news: Recorded | Unread = JSON.parse(data);
    if ("problems" in news) setUnread(news.id, news.problems);
    else take(news);
  });
  return events;
}

function setUnread(id: string, problems: readonly Problem[]): void {
  unread.value = new Map([...unread.peek(), [id, problems]]);
}

function take(news: Recorded): void {
  const { id, run } = news;
  if (unread.peek().has(id)) setUnread(id, []);
  const now = courses.peek();
  courses.value = new Map([...now, [id, withRecorded(now.get(id) ?? NOTHING, news)]]);
  const runs = table.peek();
  if (run !== undefined && runs !== undefined) {
    table.value = { ...runs, runs: runs.runs.map((one) => one.id === id ? run : one) };
  }
}

/** The run of a name, when the table has it. */
export function runOf(id: string): BoardRun | undefined {
  return table.value?.runs.find((run) => run.id === id);
}
