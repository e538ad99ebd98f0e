/** Tasks that work at the same time on the same runs. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { inFolder, run, start, TINY } from "./_task.ts";

/** A run in which every step is saved. */
const LONG = [...TINY, "--epochs=30", "--save-every=0"];

/** The epochs of a run's lines; the last line, of the test, has none. */
async function epochsIn(folder: string): Promise<readonly (number | undefined)[]> {
  const text = await Deno.readTextFile(join(folder, "metrics.jsonl"));
  return text.trimEnd().split("\n").map((line) => JSON.parse(line).epoch);
}

Deno.test("of two that resume one run, one resumes it and the other is told who does", async () => {
  await inFolder(async (folder) => {
    const killed = start(folder, "train", [...LONG, "--out=runs/a"]);
    await killed.said("folder   runs/a");
    killed.signal("SIGSTOP");
    const second = await run(folder, "train", "--resume=runs/a");
    assertEquals(second.code, 1, second.stderr);
    assertStringIncludes(second.stderr, "one process at a time may train in a run folder");
    killed.signal("SIGKILL");
    await killed.ended;
    const both = await Promise.all(
      [1, 2].map(() => run(folder, "train", "--resume=runs/a", "--save-every=0")),
    );
    const [done, refused] = both[0]?.code === 0 ? both : both.toReversed();
    assertEquals([done?.code, refused?.code], [0, 1], `${done?.stderr}\n${refused?.stderr}`);
    assertStringIncludes(`${done?.stderr}`, "note: runs/a is taken over from process ");
    assertStringIncludes(`${refused?.stderr}`, "one process at a time may train");
    const epochs = Array.from({ length: 30 }, (_, i) => i + 1);
    assertEquals(await epochsIn(join(folder, "runs/a")), [...epochs, undefined]);
  });
});

Deno.test("two trainings that start together have a folder each", async () => {
  await inFolder(async (folder) => {
    const both = await Promise.all([1, 2].map(() => run(folder, "train", ...TINY, "--epochs=1")));
    for (const { code, stderr } of both) assertEquals(code, 0, stderr);
    assert(both.some(({ stdout }) => stdout.includes("runs/net-1 holds")));
    assert(both.some(({ stdout }) => stdout.includes("runs/net-2 holds")));
  });
});
