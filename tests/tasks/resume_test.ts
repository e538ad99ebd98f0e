import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { integer, seedKey, split } from "../../dsl/programs/random.ts";
import { finalState } from "./_final_state.ts";
import { inFolder, run, start, TINY } from "./_task.ts";

/** A run of about a second in which every step is saved. */
const LONG = [...TINY, "--epochs=40", "--save-every=0"];

async function metrics(folder: string, name: string): Promise<readonly object[]> {
  const text = await Deno.readTextFile(join(folder, name, "metrics.jsonl"));
  return text.trimEnd().split("\n").map((line) => {
    const { seconds: _, imagesPerSecond: __, ...figures } = JSON.parse(line);
    return figures;
  });
}

Deno.test("a run that was stopped by Ctrl-C, or killed, ends as if it had not been", async () => {
  await inFolder(async (folder) => {
    const whole = async () => {
      const { code, stderr } = await run(folder, "train", ...LONG, "--out=runs/whole");
      assertEquals(code, 0, stderr);
    };
    await Promise.all([whole().then(() => stopAndGoOn(folder)), killAndGoOn(folder)]);
    const wanted = await finalState(folder, "runs/whole");
    const figures = await metrics(folder, "runs/whole");
    for (const name of ["runs/stopped", "runs/killed"]) {
      assertEquals(await finalState(folder, name), wanted);
      assertEquals(await metrics(folder, name), figures);
    }
  });
});

async function stopAndGoOn(folder: string): Promise<void> {
  const stopped = start(folder, "train", [...LONG, "--out=runs/stopped"]);
  await stopped.said("folder   runs/stopped");
  stopped.signal("SIGINT");
  const { code, stdout, stderr } = await stopped.ended;
  assertEquals(code, 130, stderr);
  assertStringIncludes(stderr, "finishing this step");
  assertStringIncludes(stdout, "deno task train --resume runs/stopped");
  const resumed = await run(folder, "train", "--resume=runs/stopped");
  assertEquals(resumed.code, 0, resumed.stderr);
  assertStringIncludes(resumed.stderr, "are done");
}

async function killAndGoOn(folder: string): Promise<void> {
  const key = split(seedKey(0), "kills");
  let args: readonly string[] = [...LONG, "--out=runs/killed"];
  for (let kill = 0; kill < 4; kill++) {
    const killed = start(folder, "train", args);
    await killed.said("folder   runs/killed");
    const delay = integer(split(key, `${kill}`), 250);
    await new Promise((resolve) => setTimeout(resolve, delay));
    killed.signal("SIGKILL");
    await killed.ended;
    args = ["--resume=runs/killed", "--save-every=0"];
  }
  const last = await run(folder, "train", ...args);
  assertEquals(last.code, 0, last.stderr);
}
