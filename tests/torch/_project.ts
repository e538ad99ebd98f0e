/** Exported projects that train on the small data set, and how their scripts are run. */
import { join } from "@std/path";
import { type Net, orThrow } from "../../mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { dataFolder } from "../../tasks/training/torch.ts";
import { runPython, type Said } from "./_torch.ts";
import { dataset, net } from "./_training.ts";

/** An exported project that trains on the small data set. */
export async function writeProject(folder: string, trained: Net = net): Promise<void> {
  const { config } = projectOf("small", trained, dataset.train.shape);
  await Deno.mkdir(folder);
  const data = await dataFolder(dataset, folder);
  const settings = { classes: dataset.classes, data };
  orThrow(await writeTorchProject(folder, { config: { ...config, data: "shapes" }, settings }));
}

/** Runs a project's script in one process or two. */
export function script(
  folder: string,
  processes: 1 | 2,
  ...options: readonly string[]
): Promise<Said> {
  const env = { OMP_NUM_THREADS: "1" };
  return runPython([join(folder, "train.py"), ...options], { env, processes });
}

/** Everything by which a step could go wrong in one of two processes and not in the other. */
export const EVERYTHING = [
  ...["--batch", "16", "--rate", "0.1", "--epochs", "2", "--validation", "32", "--pad", "4"],
  ...["--flip", "yes", "--label-smoothing", "0.1", "--weight-decay", "0.01", "--ema", "0.9"],
  ...["--sync-batch-norm", "yes", "--clip", "0.5", "--cutout", "8", "--mixup", "0.4"],
  ...["--cutmix", "1", "--sampling", "balanced", "--class-weights", "balanced"],
];
