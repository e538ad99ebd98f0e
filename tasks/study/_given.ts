/** What a script gives to the functions that run and read a study, before anything is done with it. */
import * as v from "valibot";
import type { Result } from "../fp.ts";
import { parsed } from "../parsed.ts";

const ARM = v.looseObject({ name: v.string(), data: v.string(), net: v.looseObject({}) });
const GIVEN = v.looseObject({
  study: v.looseObject({
    arms: v.array(ARM),
    scale: v.looseObject({ notes: v.array(v.string()) }),
  }),
  folder: v.string(),
  seeds: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  others: v.optional(v.array(v.string())),
});

export function checkGiven(given: unknown): Result<unknown> {
  return parsed(GIVEN, given, { path: "study", layer: "option" });
}
