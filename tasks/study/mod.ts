/**
 * The paper's comparisons as values, and what runs and publishes them, from a
 * script as `deno task study` does it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { study } from "@netfold/netfold/study";
 *
 * assertEquals(study("mask").arms.map(({ paper }) => paper), [5.52, 6.48]);
 * ```
 *
 * @module
 */
export type { EngineUse } from "../training/engine.ts";
export { publish, type Published } from "./publish.ts";
export {
  type ArmResult,
  readResults,
  type SeedResult,
  type Spread,
  spreadOf,
  type StudyResults,
} from "./results.ts";
export {
  type RunEnd,
  type RunPlace,
  runStudy,
  type StudyRequest,
  type StudyWatch,
} from "./run_study.ts";
export { type Scale, type ScaleName, SCALES } from "./scale.ts";
export { study, type StudyOptions } from "./studies.ts";
export {
  type Arm,
  type ArmRun,
  type Factors,
  type Figure,
  type Study,
  STUDY_NAMES,
  type StudyName,
} from "./study.ts";
