/**
 * FSDP: two processes with shards are one process, with every optimiser, resumed, accumulating and
 * from sharded checkpoints; what is computed in half the bits, and what is not.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { batchNorm, conv, dense, globalAveragePool, layerNorm, relu } from "../../layers/mod.ts";
import { chain, named } from "../../mod.ts";
import { writeProject } from "./_project.ts";
import { runPython, testFile } from "./_torch.ts";
import { assertSameRun, folderTest, tensorsIn } from "./_training.ts";

/** Kernels that two processes cannot share evenly, one of a single row. */
const uneven = chain(
  named(
    "stage",
    chain(conv(5, { kernel: 3, stride: 2 }), batchNorm({ momentum: 0.8 }), relu()),
  ),
  conv(1, { kernel: 3 }),
  conv(7, { kernel: 3, stride: 2, bias: true }),
  layerNorm(),
  relu(),
  globalAveragePool(),
  dense(10),
);

folderTest("FSDP's two processes are one, with every optimiser", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project, uneven);
  const args = [testFile("torch/fsdp.py"), project, folder];
  const two = await runPython(args, { env: { OMP_NUM_THREADS: "1" }, processes: 2 });
  assertEquals(two.code, 0, two.stderr);
  assert(!two.stderr.includes("UserWarning"), two.stderr);
  const one = await runPython(args, { env: { OMP_NUM_THREADS: "1" } });
  assertEquals(one.code, 0, one.stderr);
  const same = (found: string, wanted: string) =>
    assertSameRun(join(folder, found), join(folder, wanted), {
      ofLosses: 1e-11,
      ofTensors: 2 ** -23,
    });
  for (const optimizer of ["sgd", "adamw", "lion", "muon", "groups"]) {
    await same(`${optimizer} in two`, `${optimizer} in one`);
  }
  await same("groups accumulated in shards", "groups accumulated in copies");
  // Checkpoints in shards are of the run's own numbers, with nothing rounded.
  assertEquals(
    await tensorsIn(join(folder, "groups killed")),
    await tensorsIn(join(folder, "groups in two")),
  );
  await same("groups resumed in one", "groups in one");

  const { seen, policies, losses } = JSON.parse(two.stdout);
  assertEquals(seen, [
    "conv bfloat16 bfloat16",
    "norm bfloat16 float32 float32 float32 float32",
  ]);
  assertEquals(policies, ["None None", "torch.bfloat16 torch.float32"]);
  const apart = (a: string, b: string) => Math.abs(losses[a] / losses[b] - 1);
  // Measured in float32, as netfold does, unless it is asked otherwise.
  assert(apart("shards", "whole") < 1e-6, JSON.stringify(losses));
  assert(apart("as trained", "whole") > 1e-6, JSON.stringify(losses));
  // As autocast does it.
  assert(apart("shards", "copies") < 1e-3, JSON.stringify(losses));
  assert(Number.isFinite(losses.again));
});
