/**
 * What a run does when its held out accuracy gets no better: ends, or goes on at a lower rate. Both
 * follow from where the run stands, so that one that was resumed does the same.
 */
import * as v from "valibot";
import { refused, type Result, right } from "../fp.ts";
import { record } from "../parsed.ts";

/** When the rate is lowered. */
export interface Plateau {
  /** So many epochs in a row without a better held out accuracy lower the rate. */
  readonly epochs: number;
  /** By this factor. */
  readonly by: number;
}

/** What a recipe says of it. */
export interface Patience {
  /** Training ends once that number of epochs in a row has brought no better held out accuracy. */
  readonly earlyStopping?: number;
  /** The rate, whatever its schedule, is lowered once epochs have brought no better held out accuracy. */
  readonly plateau?: Plateau;
}

const epochs = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const factor = v.pipe(v.number(), v.gtValue(0), v.ltValue(1));

/** What {@link Patience} holds. */
export const patience = {
  earlyStopping: v.exactOptional(epochs),
  plateau: v.exactOptional(record({ epochs, by: factor })),
};

/** How often a rate was lowered, and how many epochs have been no better since that or since the best. */
export interface Lowered {
  /** How often. */
  readonly times: number;
  /** Epochs since then. */
  readonly waited: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What {@link Lowered} holds. */
export const loweredSchema = record({ times: count, waited: count });

/** Where a run stands, as far as it matters here. */
interface Standing {
  readonly epoch: number;
  readonly best?: { readonly epoch: number };
  readonly lowered?: Lowered;
}

/** Refuses patience without images that it could be tried by. */
export function checkPatience(
  { earlyStopping, plateau, validation }: Patience & { readonly validation: number },
): Result<unknown> {
  const path = earlyStopping !== undefined ? "earlyStopping" : "plateau";
  if (validation > 0 || earlyStopping === undefined && plateau === undefined) {
    return right(undefined);
  }
  return refused({ path, layer: "option", code: "no-held-out-images" }, {
    rule: "whether a run gets better is seen on images that are held out",
    got: "none",
    wanted: "at least 1",
    hint: `hold images out, 1000 of CIFAR-10 say, or leave ${path} out`,
  });
}

/** Whether a run that stands at the end of an epoch ends there, early. */
export function isStale({ epoch, best }: Standing, { earlyStopping }: Patience): boolean {
  return earlyStopping !== undefined && best !== undefined && epoch - best.epoch >= earlyStopping;
}

/** How often the rate is lowered once another epoch has ended, better than all before it or not. */
export function loweredAfter(
  { times, waited }: Lowered = { times: 0, waited: 0 },
  better: boolean,
  { epochs }: Plateau,
): Lowered {
  if (better) return { times, waited: 0 };
  return waited + 1 < epochs ? { times, waited: waited + 1 } : { times: times + 1, waited: 0 };
}

/** The factor of the rate. */
export function factorOf({ lowered }: Standing, { plateau }: Patience): number {
  return plateau === undefined || lowered === undefined ? 1 : plateau.by ** lowered.times;
}
