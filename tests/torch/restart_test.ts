/** A process of two that is killed: torchrun starts both anew, and the run ends as if nothing had been. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { TextLineStream } from "@std/streams";
import { orThrow } from "../../mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { dataFolder } from "../../tasks/training/torch.ts";
import { namesIn } from "../files/_folder.ts";
import { python } from "./_torch.ts";
import { dataset, folderTest, net, tensorsIn } from "./_training.ts";

const OPTIONS = [
  ...["--batch", "16", "--rate", "0.02", "--epochs", "15", "--steps", "120", "--save-every", "0"],
  ...["--sync-batch-norm", "yes", "--precision", "float32", "--events"],
];
const TOGETHER = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node=2"];

/** Trains in two processes, which are started anew once; each event is told. */
async function train(
  project: string,
  out: string,
  onStep: (step: number) => void,
): Promise<{ readonly code: number; readonly stderr: string }> {
  const script = [join(project, "train.py"), "--out", out, ...OPTIONS];
  const child = new Deno.Command(python, {
    args: [...TOGETHER, "--max-restarts=1", ...script],
    env: { OMP_NUM_THREADS: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  const text: ReadableStream<string> = child.stdout.pipeThrough(new TextDecoderStream());
  const lines: ReadableStream<string> = text.pipeThrough(new TextLineStream());
  for await (const line of lines) {
    const { step } = line.startsWith('{"step"') ? JSON.parse(line) : {};
    if (step !== undefined) onStep(step.step);
  }
  return { code: (await child.status).code, stderr: await stderr };
}

/** The two processes that train, whose parent is torchrun's. */
function workersAt(path: string): readonly number[] {
  const { stdout } = new Deno.Command("ps", { args: ["-A", "-ww", "-o", "pid=,ppid=,args="] })
    .outputSync();
  const found = new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(path))
    .map((line) => line.trim().split(/\s+/).slice(0, 2).map(Number));
  const parents = new Set(found.map(([pid]) => pid));
  return found.flatMap(([pid = 0, parent]) => parents.has(parent) ? [pid] : []);
}

folderTest("a killed process of two costs a run nothing, and no other run", async (folder) => {
  const [project, whole, killed] = ["project", "whole", "killed"].map((name) => join(folder, name));
  if (project === undefined || whole === undefined || killed === undefined) return;
  const { config } = projectOf("small", net, dataset.train.shape);
  await Deno.mkdir(project);
  const data = await dataFolder(dataset, folder);
  const settings = { classes: dataset.classes, data };
  orThrow(await writeTorchProject(project, { config: { ...config, data: "shapes" }, settings }));

  const alone = await train(project, whole, () => {});
  assertEquals(alone.code, 0, alone.stderr);
  const steps: number[] = [];
  let last: number | undefined;
  const ended = await train(project, killed, (step) => {
    steps.push(step);
    if (step < 20 || last !== undefined) return;
    last = workersAt(killed).at(-1);
    if (last !== undefined) Deno.kill(last, "SIGKILL");
  });
  assertEquals(ended.code, 0, ended.stderr);
  assert(last !== undefined && ended.stderr.includes("SIGKILL"), ended.stderr);
  assert(steps.some((step, i) => step <= (steps[i - 1] ?? 0)), "no step came twice");
  assertEquals(await tensorsIn(killed), await tensorsIn(whole));
  assertEquals(await namesIn(killed), await namesIn(whole));

  // A folder from before is nobody's to go on with, not when torchrun starts the processes anew either.
  const before = await tensorsIn(whole);
  const refused = await train(project, whole, () => {});
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.stderr, `error: ${whole} is not empty; resume it with --resume`);
  assertEquals(await tensorsIn(whole), before);
});
