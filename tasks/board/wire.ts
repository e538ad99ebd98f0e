/** What the board's server tells its page, and programs, as JSON. */
import type { Problem } from "../../dsl/problem/problem.ts";
import type { Confused } from "../evaluate/confused.ts";
import type { PictureOf } from "../evaluate/kept_name.ts";
import type { Json } from "../files/json.ts";
import type { ListedRun } from "../runs/listed.ts";
import type { EpochRecord } from "../training/record.ts";

/** A run in the board's table. */
export interface BoardRun
  extends Pick<ListedRun, "network" | "data" | "state" | "epochs" | "steps" | "seconds"> {
  /** Its folder as seen from that of all runs, with slashes; `.` when it is that folder. */
  readonly id: string;
  /** The best accuracy on held out images, when there are any. */
  readonly heldOut?: number;
  /** The accuracy on the test images, of a run that has ended. */
  readonly test?: number;
  /** All parameters of its network; none where the network cannot be planned here. */
  readonly parameters?: number;
  /** When it was begun, in milliseconds since 1970. */
  readonly begun: number;
  readonly engines: readonly string[];
  readonly settings: ListedRun["settings"];
}

/** All runs, and what could not be read. */
export interface BoardRuns {
  /** The folder that they are in. */
  readonly folder: string;
  readonly runs: readonly BoardRun[];
  readonly problems: readonly Problem[];
}

/** What the table does not say of a run. */
export interface RunDetails {
  readonly run: BoardRun;
  /** Its recipe in a line, where it can be read. */
  readonly recipe?: string;
  /** Its network as JSON; in netfold's own language or another. */
  readonly net: Json;
  readonly input: readonly number[];
}

/** What `evaluate` has kept of a run. */
export interface KeptPictures {
  readonly pictures: readonly KeptPicture[];
  readonly scores: readonly KeptScores[];
  readonly confused: readonly KeptConfused[];
  /** The command that draws them, for a shell; nothing of a run without weights. */
  readonly command?: string;
}

/** A file of an evaluation in a run's folder. */
export interface KeptFile {
  readonly name: string;
  /** How it was measured, as its name says it; empty for the best weights on the test images. */
  readonly measured: string;
  /** When it was written, in milliseconds since 1970. */
  readonly made: number;
  /** Whether the run's weights have changed since. */
  readonly isOld: boolean;
}

/** A picture in a run's folder. */
export interface KeptPicture extends KeptFile {
  /** The confusion matrix, or the worst mistakes. */
  readonly of: PictureOf;
}

/** Which classes a run takes for which, with pictures. */
export interface KeptConfused extends KeptFile, Confused {}

/** How well a run recognises each class. */
export interface KeptScores extends KeptFile {
  readonly classes: readonly KeptScore[];
}

/** How well one class is recognised; ratios are from 0 to 1, and nothing where there is nothing to divide by. */
export interface KeptScore {
  readonly name: string;
  /** Its images. */
  readonly images: number;
  /** The share of its images that were recognised. */
  readonly recall: number | null;
  /** The share of the images taken for it that were right. */
  readonly precision: number | null;
  /** The harmonic mean of both. */
  readonly f1: number | null;
}

/** Steps in columns, which take a third of the room of records. */
export interface StepColumns {
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly accuracy: readonly (number | null)[];
  readonly rate: readonly number[];
}

/** What a run has recorded, from a place on. */
export interface Recorded {
  readonly id: string;
  /** Where reading goes on: a file and a place in it. */
  readonly at: string;
  /** Whether these steps take the place of all before, as after a run was resumed. */
  readonly anew: boolean;
  readonly steps: StepColumns;
  /** All epochs, where they are new. */
  readonly epochs?: readonly EpochRecord[];
  /** The run as it stands, where that is new. */
  readonly run?: BoardRun;
}

/** What a trained network sees in the pictures that a program sent, in their order. */
export interface Predicted {
  readonly predictions: readonly {
    /** The picture's file name, `picture` where it has none. */
    readonly name: string;
    /** The five likeliest classes, best first; probabilities are from 0 to 1. */
    readonly top: readonly { readonly label: string; readonly probability: number }[];
  }[];
}

/** Whether pictures of CIFAR-10 can be trained with in the page. */
export interface Cifar10There {
  /** The names of its classes, by their labels. */
  readonly classes: readonly string[];
  /** Why they are not there; nothing where they are. */
  readonly problems: readonly Problem[];
}

/** Why there is no answer. */
export interface Refused {
  readonly problems: readonly Problem[];
}

/** Why a run that is followed cannot be read. */
export interface Unread extends Refused {
  readonly id: string;
}

/** The fields of the page's form for a training, named as the options of `train`. */
export const TRAIN_FIELDS = ["net", "data", "preset", "epochs", "steps", "batch", "name"] as const;

export type TrainField = typeof TRAIN_FIELDS[number];

/** A training that the board has started. */
export interface BoardTraining {
  /** Its run, as the table names it. */
  readonly id: string;
  /** `stopping` is saving still; `failed` has not begun, or was ended by a problem. */
  readonly state: "training" | "stopping" | "stopped" | "done" | "failed";
  /** What its process said of why it has failed; else nothing. */
  readonly said: string;
}

/** What the board has started, the latest first, and what a new training can be given. */
export interface BoardTrainings {
  readonly presets: readonly string[];
  /** How data sets are written. */
  readonly data: readonly string[];
  readonly trainings: readonly BoardTraining[];
}

/** The run of a training that was started, stopped or resumed. */
export interface StartedTraining {
  readonly id: string;
}
