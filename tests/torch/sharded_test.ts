/**
 * Checkpoints in shards: a run that is killed in the middle of a save goes on from the one before,
 * in as many processes as there then are, and netfold reads what it holds.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { resume } from "../../tasks/training/mod.ts";
import { copyFolder, namesIn } from "../files/_folder.ts";
import { EVERYTHING, script, writeProject } from "./_project.ts";
import { runPython } from "./_torch.ts";
import { assertClose, dataset, folderTest, problemOf, tensorsIn } from "./_training.ts";

/** Waits until checkpoint `number`, or one after it, is being written. */
async function writing(run: string, number: number): Promise<void> {
  for (;;) {
    const names = await namesIn(join(run, "checkpoints")).catch(() => []);
    if (names.some((name) => name.endsWith(".tmp") && parseInt(name) >= number)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

folderTest("a run killed as it writes shards goes on from those before", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  const train = (out: string, processes: 1 | 2, steps: number, ...more: readonly string[]) =>
    script(project, processes, ...[
      ...["--out", join(folder, out), ...EVERYTHING, "--steps", `${steps}`, "--epochs", "30"],
      ...["--precision", "float64", "--optimizer", "adamw", "--schedule", "constant", ...more],
    ]);
  const [shards, sharded] = [["--fsdp", "yes"], ["--checkpoints", "sharded", "--save-every", "0"]];
  const whole = await train("whole", 2, 24, ...shards);
  assertEquals(whole.code, 0, whole.stderr);

  const killed = join(folder, "killed");
  const first = train("killed", 2, 24, ...shards, ...sharded);
  await Promise.race([first, writing(killed, 10)]);
  Deno.kill(JSON.parse(await Deno.readTextFile(join(killed, "lock.json"))).process, "SIGKILL");
  assertEquals((await first).code, 137);
  // Wherever in a save the kill came.
  await Deno.mkdir(join(killed, "checkpoints", "100.tmp"), { recursive: true });
  for (const name of ["gathered", "one"]) await copyFolder(killed, join(folder, name));
  const refused = problemOf(await resume(killed, { dataset, backend: "cpu", onWarning: () => {} }));
  assertStringIncludes(refused?.hint ?? "", `checkpoints.py ${killed}`);

  const said = await runPython([join(project, "checkpoints.py"), join(folder, "gathered")]);
  const step = Number(/stands at step (\d+)$/m.exec(said.stdout)?.[1]);
  assert(step > 0 && step < 24, `${said.stdout}${said.stderr}`);
  assertEquals((await train("ended there", 2, step, ...shards)).code, 0);
  const ended = await tensorsIn(join(folder, "ended there"));
  assertEquals(await tensorsIn(join(folder, "gathered")), ended);

  for (const [out, processes, options] of [["killed", 2, shards], ["one", 1, []]] as const) {
    const again = await train(out, processes, 24, ...options, ...sharded, "--resume");
    assertEquals(again.code, 0, again.stderr);
    assertEquals(await namesIn(join(folder, out)), await namesIn(join(folder, "whole")));
  }
  // Checkpoints in shards are of the run's own numbers, with nothing rounded.
  assertEquals(await tensorsIn(killed), await tensorsIn(join(folder, "whole")));
  assertClose(await tensorsIn(join(folder, "one")), await tensorsIn(killed), 2 ** -23);
});
