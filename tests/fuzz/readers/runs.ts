/** What a run folder holds beside weights, and the results of studies. */
import { join } from "@std/path";
import { equal } from "../../../mod.ts";
import { orThrow } from "../../../dsl/problem/throw.ts";
import { readMetrics } from "../../../tasks/files/metrics.ts";
import { runAt } from "../../../tasks/files/run_folder.ts";
import { readSteps } from "../../../tasks/files/steps.ts";
import { readMasks } from "../../../tasks/masks/kept_masks.ts";
import { readPublished } from "../../../tasks/study/results_file.ts";
import { readBrokenFiles } from "../../../tasks/training/broken_files.ts";
import { configToJson, openRunIn } from "../../../tasks/training/config.ts";
import { epochsOf, testOf } from "../../../tasks/training/record.ts";
import { textBytes } from "../bytes.ts";
import { judged, type Reader, written } from "../reader.ts";
import { changedJsonBytes, changedLines, files, FIXTURES } from "./_files.ts";

const RESULTS = join(import.meta.dirname ?? "", "../../../docs/results");

export const RUNS: Readonly<Record<string, Reader>> = {
  config: {
    whole: () => files(FIXTURES, "adamw_stopped/config.json", "sgd_stopped/config.json"),
    change: changedJsonBytes,
    read: async (bytes, folder) => {
      const read = (content: Uint8Array | string) =>
        written(folder, { "config.json": content }, () => openRunIn({}, folder));
      const opened = await read(bytes);
      if (opened._tag === "Left") return opened;
      const config = configToJson(opened.right.config);
      const again = orThrow(await read(JSON.stringify({ format: 1, config })));
      if (equal(configToJson(again.config), config)) return opened;
      throw new Error("accepted, though what it writes is another configuration");
    },
  },
  metrics: {
    whole: () => files(FIXTURES, "adamw_stopped/metrics.jsonl", "sgd_stopped/metrics.jsonl"),
    change: changedLines,
    read: judged(
      (bytes, folder) =>
        written(folder, { "metrics.jsonl": bytes }, () => readMetrics(runAt(folder))),
      (records) => {
        epochsOf(records);
        testOf(records);
        return undefined;
      },
    ),
  },
  steps: {
    whole: () => Promise.resolve([textBytes(STEPS)]),
    change: changedLines,
    read: judged(
      (bytes, folder) => written(folder, { "steps.csv": bytes }, () => readSteps(runAt(folder))),
      (steps) => {
        const numbers = steps.flatMap((step) => Object.values(step));
        return numbers.every(Number.isFinite) ? undefined : "a number is not finite";
      },
    ),
  },
  masks: {
    whole: () => Promise.resolve([textBytes(MASKS)]),
    change: changedLines,
    read: judged(
      (bytes, folder) => written(folder, { "masks.jsonl": bytes }, () => readMasks({ folder })),
      ({ pictures, epochs }) => {
        const masks = epochs.flatMap(({ looks }) => looks.flatMap(({ masks }) => masks));
        const isWhole = (each: number) => ({ height, width, pixels }: Sized) =>
          Uint8Array.fromBase64(pixels).length === height * width * each;
        return pictures.every(isWhole(3)) && masks.every(isWhole(1))
          ? undefined
          : "pixels that do not fill their size";
      },
    ),
  },
  results: {
    whole: () => files(RESULTS, "noise.json", "response.json", "recipe.json"),
    change: changedJsonBytes,
    read: (bytes, folder) =>
      written(folder, { "results.json": bytes }, () => readPublished(folder)),
  },
  broken: {
    whole: () => {
      const listed = { path: "a/b.png", rule: "the file must be a PNG", got: "a JPEG" };
      const list = { count: 2, files: [listed, { ...listed, path: "c.png" }] };
      return Promise.resolve([textBytes(JSON.stringify(list))]);
    },
    change: changedJsonBytes,
    read: (bytes, folder) =>
      written(folder, { "broken_files.json": bytes }, () => readBrokenFiles(folder)),
  },
};

interface Sized {
  readonly height: number;
  readonly width: number;
  readonly pixels: string;
}

const MASK = { path: "module1", height: 2, width: 1, low: 0.25, high: 0.5, pixels: "AP8=" };
const MASKS = [
  { pictures: [{ label: "cat", height: 1, width: 2, pixels: "AAECAwQF" }] },
  { epoch: 0, step: 0, looks: [{ guess: "dog", probability: 0.5, masks: [MASK] }] },
  { epoch: 1, step: 4, looks: [{ guess: "cat", probability: 0.75, masks: [MASK, MASK] }] },
].map((line) => `${JSON.stringify(line)}\n`).join("");

const STEPS = [
  "step,epoch,loss,accuracy,rate,gradientNorm,seconds",
  "1,1,2.30258512,0.109375,0.05,0.0699583292,1.25",
  "2,1,2.29,,0.1,,0.5",
  "3,2,1.75,0.5,0,12.5,1e-9\n",
].join("\n");
