/** A training in the page as the page knows it: what its worker has told so far. */
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { MOST } from "../runs/colours.ts";
import { type Course, NOTHING, withRecorded } from "../runs/course.ts";
import type { Look, Shown, TrainTold } from "../worker/messages.ts";
import { type Settings, titleOf } from "./settings.ts";

export interface Training {
  /** What it is called, which no other training of this page is. */
  readonly id: string;
  /** The place of its colour, from 0. */
  readonly place: number;
  readonly settings: Settings;
  readonly state: "loading" | "training" | "stopped" | "done";
  /** The engine in words, once it is known. */
  readonly engine?: string;
  readonly parameters?: number;
  readonly course: Course;
  /** Seconds that its steps have taken. */
  readonly seconds: number;
  /** The pictures that are looked at. */
  readonly shown: readonly Shown[];
  /** The step after which they were looked at. */
  readonly step: number;
  /** What the network made of each of them. */
  readonly looks: readonly Look[];
  /** The share of the test images that it recognises at its end. */
  readonly accuracy?: number;
  readonly warnings: readonly string[];
  readonly problems: readonly Problem[];
}

/** A training that has been asked for, the nth of this page, from 1. */
export function begun(settings: Settings, n: number): Training {
  return {
    id: `${n}: ${titleOf(settings)}`,
    place: (n - 1) % MOST,
    settings,
    state: "loading",
    course: NOTHING,
    seconds: 0,
    shown: [],
    step: 0,
    looks: [],
    warnings: [],
    problems: [],
  };
}

/** Whether it goes on. */
export function isGoing({ state }: Training): boolean {
  return state === "loading" || state === "training";
}

/** A training after one thing more was told of it. */
export function withTold(training: Training, told: TrainTold): Training {
  const { id, course, seconds, warnings } = training;
  switch (told.kind) {
    case "engine":
      return { ...training, engine: told.engine };
    case "start":
      return { ...training, parameters: told.parameters, shown: told.shown, state: "training" };
    case "step": {
      const { step, loss, accuracy = null, rate } = told.record;
      const steps = { step: [step], loss: [loss], accuracy: [accuracy], rate: [rate] };
      return {
        ...training,
        course: withRecorded(course, { id, at: "", anew: false, steps }),
        seconds: seconds + told.record.seconds,
      };
    }
    case "looks":
      return { ...training, step: told.step, looks: told.looks };
    case "warning":
      return { ...training, warnings: [...warnings, told.text] };
    case "end":
      return { ...training, accuracy: told.accuracy, state: "done" };
    case "problems":
      return { ...training, problems: told.problems, state: "stopped" };
    default:
      return told satisfies never;
  }
}
