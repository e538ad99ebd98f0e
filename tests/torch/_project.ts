/** A small PyTorch project in a folder of its own, with images to train on. */
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import type { Net } from "../../mod.ts";
import { type Dataset, shapes } from "../../tasks/data/mod.ts";
import { writeRawCache } from "../../tasks/data/_raw_cache.ts";
import { writeTorchProject } from "../../tasks/export/torch.ts";
import type { Recipe } from "../../tasks/training/config.ts";
import { adapt, PRESETS } from "../../tasks/training/presets.ts";
import { versions } from "../../tasks/training/versions.ts";
import { runPython, type Said } from "./_python.ts";

/** A project. */
export interface Project {
  /** Its folder. */
  readonly folder: string;
  /** The images. */
  readonly dataset: Dataset;
  /** Runs its train.py with options. */
  readonly train: (...options: readonly string[]) => Promise<Said>;
  /** Runs it in several processes. */
  readonly torchrun: (processes: number, ...options: readonly string[]) => Promise<Said>;
}

/** Does something with a project of a network on the procedural images. */
export async function inProject(
  net: Net,
  recipe: Partial<Recipe>,
  work: (project: Project) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const dataset = orThrow(shapes({ count: 128, testCount: 32 }));
    const { height, width, channels, classes } = dataset;
    const data = join(folder, "data");
    await Deno.mkdir(data);
    orThrow(await writeRawCache(data, rawFiles(dataset)));
    const config = {
      name: "small",
      net,
      input: [height, width, channels],
      data: "shapes",
      recipe: adapt(PRESETS.quick, recipe),
      backend: "cpu",
      versions: versions(),
    };
    orThrow(await writeTorchProject(folder, { config, settings: { classes, data } }));
    const script = join(folder, "train.py");
    const env = { OMP_NUM_THREADS: "1" };
    await work({
      folder,
      dataset,
      train: (...options) => runPython([script, ...options], env),
      torchrun: (processes, ...options) =>
        runPython([
          "-m",
          "torch.distributed.run",
          "--standalone",
          `--nproc_per_node=${processes}`,
          script,
          ...options,
        ], env),
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function rawFiles({ train, test }: Dataset): Map<string, Uint8Array<ArrayBuffer>> {
  return new Map([
    ["train_pixels.bin", new Uint8Array(train.pixels)],
    ["train_labels.bin", new Uint8Array(train.labels)],
    ["test_pixels.bin", new Uint8Array(test.pixels)],
    ["test_labels.bin", new Uint8Array(test.labels)],
  ]);
}
