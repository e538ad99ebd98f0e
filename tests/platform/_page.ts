/** The core's report put where whoever loads the bundle of this module finds it. */
import { coreReport } from "./_core.ts";

Object.assign(globalThis, { coreReport: coreReport() });
