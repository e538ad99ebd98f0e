/** The network that is tried, in a worker, and the pictures that it is shown. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { defined } from "../../../../dsl/problem/defined.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import type { PictureFile } from "../../../training/predict.ts";
import { addressOf } from "../ask.ts";
import { backend } from "../engine_choice.tsx";
import { left, show } from "../here.ts";
import { EngineWorker } from "../worker/engine_worker.ts";
import type { Opened, Tried, TryTold } from "../worker/messages.ts";
import { paramsOf, type Source, sourceOf } from "./source.ts";

/** A picture, and what the network sees in it or why it cannot. */
export interface Picture {
  readonly id: number;
  readonly file: PictureFile;
  readonly tried?: Tried;
  readonly problems?: readonly Problem[];
}

/** The network, as the address says it. */
export const source: ReadonlySignal<Source> = computed(() =>
  sourceOf(left.value.try ?? new URLSearchParams())
);

/** The network once it is open. */
export const opened: Signal<Opened | undefined> = signal(undefined);
/** Seconds in which it computes the classes of one picture, once they are measured. */
export const seconds: Signal<number | undefined> = signal(undefined);
/** Why it is not. */
export const problems: Signal<readonly Problem[]> = signal([]);
/** The pictures, the last one first. */
export const pictures: Signal<readonly Picture[]> = signal([]);
/** How much is seen of what lies over a picture, in percent. */
export const opacity: Signal<number> = signal(60);

/** The picture that a camera gives, one after the other in the same place. */
const LIVE = 0;
/** Whether a camera's pictures are looked at one after the other. */
export const isLive: Signal<boolean> = signal(false);

let worker: EngineWorker<TryTold> | undefined;
/** Who waits for the network to have looked at a picture. */
const waiting = new Map<number, () => void>();
/** The backend and the checkpoint that the worker has. */
let at = "";
let given = LIVE;

/** Tries another network. */
export function choose(next: Source): void {
  show("try", paramsOf(next));
}

/** Opens a network, unless it is open or on its way, and shows it the pictures; `data` is the data set of its run. */
export function open(next: Source, data: string | undefined): void {
  const address = addressOf({ path: "checkpoint", given: [...paramsOf(next)] });
  const key = `${backend.peek()} ${address}`;
  if (key === at && problems.peek().length === 0) return;
  at = key;
  worker?.end();
  opened.value = undefined;
  seconds.value = undefined;
  problems.value = [];
  pictures.value = pictures.peek().map(({ id, file }) => ({ id, file }));
  worker = new EngineWorker<TryTold>(backend.peek(), take);
  worker.ask({ kind: "open", address, named: { name: next.name, ...defined({ data }) } });
  for (const { id, file } of pictures.peek()) worker.ask({ kind: "look", id, file });
  // The pictures that wait come first.
  worker.ask({ kind: "measure" });
}

/** Shows the network picture files. */
export async function add(files: Iterable<File>): Promise<void> {
  for (const file of await Promise.all([...files].map(read))) addFile(file);
}

/** Shows the network a picture file that has been read. */
export function addFile(file: PictureFile): void {
  const id = ++given;
  pictures.value = [{ id, file }, ...pictures.peek()];
  worker?.ask({ kind: "look", id, file });
}

async function read(file: File): Promise<PictureFile> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** Shows the network the next picture of a camera, and waits until it has looked at it. */
export function lookLive(file: PictureFile): Promise<void> {
  const now = pictures.peek();
  const isThere = now.some(({ id }) => id === LIVE);
  // What was seen in the one before stays until it has looked at this one.
  pictures.value = isThere
    ? now.map((one) => one.id === LIVE ? { ...one, file } : one)
    : [{ id: LIVE, file }, ...now];
  return new Promise((resolve) => {
    waiting.set(LIVE, resolve);
    worker?.ask({ kind: "look", id: LIVE, file });
  });
}

/** Takes a picture away. */
export function remove(id: number): void {
  if (id === LIVE) isLive.value = false;
  pictures.value = pictures.peek().filter((one) => one.id !== id);
}

function take(told: TryTold): void {
  switch (told.kind) {
    case "opened":
      opened.value = told.opened;
      return;
    case "measured":
      seconds.value = told.seconds;
      return;
    case "problems":
      problems.value = told.problems;
      return;
    case "seen":
      return change(told.id, { tried: told.tried });
    case "unseen":
      return change(told.id, { problems: told.problems });
    default:
      return told satisfies never;
  }
}

function change(id: number, what: Pick<Picture, "tried" | "problems">): void {
  pictures.value = pictures.peek().map((one) =>
    one.id === id ? { id, file: one.file, ...what } : one
  );
  waiting.get(id)?.();
  waiting.delete(id);
}
