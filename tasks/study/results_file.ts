/** `results.json`: what `publish` wrote of a study's results, read back. */
import { join } from "@std/path";
import * as v from "valibot";
import type { Result } from "../fp.ts";
import { readRecord } from "../files/atomic.ts";
import { record } from "../parsed.ts";
import type { StudyResults } from "./results.ts";

const text = v.string();
/** JSON has null for what is not finite. */
const number = v.union([v.number(), v.pipe(v.null(), v.transform(() => NaN))]);
const numbers = v.array(number);
const texts = v.array(text);
const spread = record({ mean: number, deviation: v.exactOptional(number) });

const RESULTS: v.GenericSchema<unknown, StudyResults> = record({
  study: text,
  title: text,
  question: text,
  source: text,
  scale: text,
  data: texts,
  testImages: number,
  seeds: number,
  done: v.tuple([number, number]),
  notes: texts,
  versions: texts,
  figure: v.picklist(["comparison", "noise", "response"]),
  arms: v.array(record({
    name: text,
    title: text,
    factors: v.record(text, v.union([text, number])),
    parameters: number,
    macs: number,
    error: v.exactOptional(spread),
    paper: v.exactOptional(number),
    response: v.exactOptional(v.array(spread)),
    paperResponse: v.exactOptional(numbers),
    seeds: v.array(record({
      seed: number,
      run: text,
      error: v.exactOptional(number),
      top5Error: v.exactOptional(number),
      testLoss: v.exactOptional(number),
      trainLoss: v.exactOptional(number),
      seconds: v.exactOptional(number),
      diverged: v.exactOptional(text),
      response: v.exactOptional(numbers),
      moduleResponse: v.exactOptional(numbers),
    })),
  })),
});

/** The results that were published in a study's folder. Needs `--allow-read` for it. */
export function readPublished(folder: string): Promise<Result<StudyResults>> {
  return readResultsFile(join(folder, "results.json"));
}

/** The results in a file like that of a study's folder. Needs `--allow-read` for it. */
export function readResultsFile(path: string): Promise<Result<StudyResults>> {
  return readRecord(RESULTS, path, { layer: "study" });
}
