/** Processes that decode image files: what they make, how they end. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { writeProject } from "./_project.ts";
import { runPython, testFile } from "./_torch.ts";
import { folderTest } from "./_training.ts";

folderTest("processes decode what threads do, and none is left behind", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  const env = { OMP_NUM_THREADS: "1" };
  const said = await runPython([testFile("torch/workers.py"), project, folder], { env });
  assertEquals(said.code, 0, said.stderr);
  const { killed, ...found } = JSON.parse(said.stdout);
  assertEquals(found, {
    same: true,
    "from the middle": true,
    shares: true,
    // On a processor, whose cores train too.
    auto: "thread",
    gone: true,
    stopped: [130, true],
    resumed: true,
    closed: [[], [], ["thread", "process", "process"]],
  });
  assertMatch(killed, /a worker process that decodes images was killed by signal 9; .* --resume /);
});
