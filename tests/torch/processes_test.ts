/**
 * Training on PyTorch in two processes: what one process does with the same
 * batch; killed and resumed; what cannot be shared, and what belongs to another
 * network, is refused in words.
 */
import {
  assert,
  assertEquals,
  assertObjectMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { dense } from "../../layers/mod.ts";
import { chain, orThrow } from "../../mod.ts";
import { openRun } from "../../tasks/files/run_folder.ts";
import { isLocked, lockRun } from "../../tasks/files/run_lock.ts";
import { configFromJson } from "../../tasks/training/config.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import type { StepEvent } from "../../tasks/training/loop.ts";
import { resumeOnTorch, trainOnTorch } from "../../tasks/training/torch.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { EVERYTHING, script, writeProject } from "./_project.ts";
import { python, rayTest, runPython } from "./_torch.ts";
import {
  assertClose,
  assertSameRun,
  type Closeness,
  dataset,
  folderTest,
  lossesIn,
  net,
  problemOf,
  request,
  tensorsIn,
  torch,
} from "./_training.ts";

/** Trains in one process and in two; the losses must agree within a share, and the tensors. */
async function assertSame(
  folder: string,
  options: readonly string[],
  within: Closeness,
): Promise<void> {
  const outs = [join(folder, "one"), join(folder, "two")] as const;
  for (const [i, out] of outs.entries()) {
    const words = ["--out", out, ...EVERYTHING, ...options];
    const said = await script(folder, i === 0 ? 1 : 2, ...words);
    assertEquals(said.code, 0, said.stderr);
  }
  await assertSameRun(outs[1], outs[0], within);
}

for (const optimizer of ["sgd", "adamw"]) {
  folderTest(`two processes of ${optimizer} in float64 are one to the last bit`, async (folder) => {
    const project = join(folder, "project");
    await writeProject(project);
    const options = ["--precision", "float64", "--steps", "11", "--optimizer", optimizer];
    await assertSame(project, options, { ofLosses: 1e-11, ofTensors: 2 ** -23 });
  });
}

/** Waits until a run's last checkpoint stands at a step, or beyond it. */
async function reached(run: string, step: number): Promise<void> {
  for (;;) {
    const found = await loadCheckpoint(join(run, "last.safetensors"));
    if (found._tag === "Right" && found.right.position.step >= step) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

rayTest(
  "Ray's two workers are one process, though the first of them is killed",
  () =>
    withFolder(async (folder) => {
      const [project, two] = [join(folder, "project"), join(folder, "two")];
      await writeProject(project);
      const options = [...EVERYTHING, "--precision", "float64", "--steps", "80", "--epochs", "16"];
      const alone = await script(project, 1, "--out", join(folder, "one"), ...options);
      assertEquals(alone.code, 0, alone.stderr);
      // Workers begin in a folder of Ray's, and yet `two` lies where the user stood.
      const workers = ["--ray-workers", "2", "--ray-failures", "1", "--out", "two"];
      const env = { OMP_NUM_THREADS: "1", RAY_USAGE_STATS_ENABLED: "0" };
      const shared = runPython(
        [join(project, "ray_train.py"), ...workers, "--save-every", "0", ...options],
        { env, cwd: folder },
      );
      await Promise.race([shared, reached(two, 5)]);
      const { process } = JSON.parse(await Deno.readTextFile(join(two, "lock.json")));
      Deno.kill(process, "SIGKILL");
      const { code, stderr } = await shared;
      assertEquals(code, 0, stderr);
      assertClose(await tensorsIn(two), await tensorsIn(join(folder, "one")), 2 ** -23);
    }),
);

folderTest("two processes in float32 are one while rounding is small", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  // Channels last, sums are made in other orders, and a momentum is off by 1.2e-5.
  const options = ["--precision", "float32", "--channels-last", "no", "--steps", "3"];
  await assertSame(project, options, { ofLosses: 1e-6, ofTensors: 1e-5 });
});

folderTest("a run that the script resumes is one process's at a time", async (folder) => {
  const [project, out] = [join(folder, "project"), join(folder, "run")];
  await writeProject(project);
  const words = ["--out", out, "--resume", ...EVERYTHING, "--steps", "6"];
  const first = await script(project, 1, ...words);
  assertEquals(first.code, 0, first.stderr);
  assert(!(await namesIn(out)).includes("lock.json"));
  {
    await using _held = orThrow(await lockRun(out));
    const refused = await script(project, 1, ...words);
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "one process at a time may train in");
    assertStringIncludes(refused.stderr, `"process":${Deno.pid}`);
  }
  // A board asks from time to time whether the folder is locked, and does not stand in the way.
  let isOver = false;
  await Deno.writeTextFile(join(out, "lock.json"), "");
  const asking = Array.from({ length: 2 }, async () => {
    while (!isOver) await isLocked(out);
  });
  const second = await script(project, 1, ...words);
  isOver = true;
  await Promise.all(asking);
  assertEquals(second.code, 0, second.stderr);
  assertEquals(orThrow(await loadCheckpoint(join(out, "last.safetensors"))).position.step, 6);
});

folderTest("netfold drives two processes to the end of one", async (folder) => {
  const [a, b] = [join(folder, "one"), join(folder, "two")];
  orThrow(await trainOnTorch(request(a), torch));
  orThrow(await trainOnTorch(request(b), { ...torch, processes: 2, syncBatchNorm: true }));
  assertClose(await tensorsIn(b), await tensorsIn(a), 1e-3);
});

/** The processes whose command line names a path. */
function processesAt(path: string): readonly number[] {
  const { stdout } = new Deno.Command("ps", { args: ["-A", "-ww", "-o", "pid=,args="] })
    .outputSync();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return lines.filter((line) => line.includes(path)).map((line) => parseInt(line));
}

/** A save averages statistics over processes; their last bits follow from when it happens. */
const isStatistic = (name: string) => /\.(mean|variance)$/.test(name);

folderTest("two processes resume after a SIGKILL to a whole run's weights", async (folder) => {
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
  const long = { epochs: 20, steps: 100 };
  const options = { ...torch, processes: 2 };
  orThrow(await trainOnTorch(request(whole, long), options));
  let pids: readonly number[] = [];
  const kill = ({ step }: StepEvent) => {
    if (step < 40 || pids.length > 0) return;
    pids = processesAt(killed);
    for (const pid of pids) Deno.kill(pid, "SIGKILL");
  };
  const run = await trainOnTorch(request(killed, long), {
    ...options,
    saveEvery: 0,
    onStep: kill,
  });
  assertEquals(pids.length, 3, "torchrun and its two processes");
  assertStringIncludes(problemOf(run)?.hint ?? "", "it ended with exit code 137");
  const { position } = orThrow(await loadCheckpoint(join(killed, "last.safetensors")));
  assert(position.step > 0 && position.step < 100, `killed at step ${position.step}`);
  // A kill may come in the middle of a save.
  await Deno.writeTextFile(join(killed, "last.safetensors.1.tmp"), "half a file");
  orThrow(await resumeOnTorch(killed, { ...options, dataset }));
  const [found, wanted] = [await tensorsIn(killed), await tensorsIn(whole)];
  assertClose(found, wanted, 1e-6);
  // The sum of two gradients does not depend on their order, so the rest is the same bit for bit.
  for (const [name, tensor] of wanted) {
    if (!isStatistic(name)) assertEquals(found.get(name), tensor, name);
  }
  assertEquals(await namesIn(killed), await namesIn(whole));
  assertEquals((await lossesIn(killed)).length, (await lossesIn(whole)).length);
});

folderTest(
  "torchrun's restarts resume the run they began, and no other",
  async (folder) => {
    const project = join(folder, "project");
    await writeProject(project);
    const words = [...EVERYTHING, "--precision", "float64", "--steps", "80", "--epochs", "16"];
    const [whole, out] = [join(folder, "whole"), join(folder, "killed")];
    const alone = await script(project, 1, "--out", whole, ...words);
    assertEquals(alone.code, 0, alone.stderr);
    const restarting = () =>
      new Deno.Command(python, {
        args: [
          ..."-m torch.distributed.run --nproc_per_node 2 --max-restarts 1".split(" "),
          ...[join(project, "train.py"), "--out", out, "--save-every", "0", ...words],
        ],
        env: { OMP_NUM_THREADS: "1" },
        ...{ stdin: "null", stdout: "piped", stderr: "piped" },
      }).spawn();
    const begun = restarting();
    const said = Promise.all(
      [begun.stdout, begun.stderr].map((stream) => new Response(stream).text()),
    );
    await Promise.race([begun.status, reached(out, 10)]);
    const [, , worker = NaN] = processesAt(out);
    Deno.kill(worker, "SIGKILL");
    const { code } = await begun.status;
    assertEquals(code, 0, (await said).join("\n"));
    assertClose(await tensorsIn(out), await tensorsIn(whole), 2 ** -23);
    assertEquals((await lossesIn(out)).length, (await lossesIn(whole)).length);

    const refused = await restarting().output();
    assertEquals(refused.code, 1);
    const complaints = new TextDecoder().decode(refused.stderr);
    assertEquals(complaints.split(`error: ${out} is not empty; resume it with --resume`).length, 3);
  },
);

folderTest("a batch that the processes cannot share is refused in words", async (folder) => {
  const run = await trainOnTorch(request(join(folder, "run"), { batch: 15 }), {
    ...torch,
    processes: 2,
  });
  assertStringIncludes(
    problemOf(run)?.got ?? "",
    "a batch of 15 cannot be shared by 2 processes in 1 part; --batch is to be a multiple of 2",
  );
  await assertRejects(() => Deno.stat(join(folder, "run")), Deno.errors.NotFound);
});

folderTest("another network's files are refused with the path that differs", async (folder) => {
  const [small, large] = [join(folder, "small"), join(folder, "large")];
  await writeProject(small);
  await writeProject(large, chain(net, dense(10)));
  const short = ["--batch", "16", "--steps", "1"];
  for (const project of [small, large]) {
    const { code, stderr } = await script(project, 1, ...short);
    assertEquals(code, 0, stderr);
  }
  const refuse = async (project: string, options: readonly string[], said: string) => {
    const { code, stderr } = await script(project, 1, ...short, ...options);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `belongs to another network: ${said}`);
    assert(!stderr.includes("Traceback"), stderr);
  };
  const missing = "dense2.kernel is missing, and [10, 10] is needed";
  await refuse(large, ["--resume", "--out", join(small, "run")], missing);
  const [fresh, weights] = [join(large, "fresh"), join(small, "run", "best.safetensors")];
  await refuse(large, ["--weights", weights, "--out", fresh], missing);
  await assertRejects(() => Deno.stat(fresh), Deno.errors.NotFound);
  const surplus = "it has dense2.bias, which this network lacks";
  await refuse(small, ["--evaluate", join(large, "run", "best.safetensors")], surplus);
});

folderTest("what options change stands in the run's configuration", async (folder) => {
  const [project, run] = [join(folder, "project"), join(folder, "run")];
  await writeProject(project);
  const options = {
    batch: "16",
    steps: "2",
    rate: "0.05",
    "weight-decay": "0.01",
    "label-smoothing": "0.1",
    pad: "3",
    ema: "0.9",
  };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const { code, stderr } = await script(project, 1, "--out", run, ...words);
  assertEquals(code, 0, stderr);
  const { config } = orThrow(await openRun(run, configFromJson));
  const { batch, steps, rate, optimizer, labelSmoothing, augment } = config.recipe;
  assertEquals([batch, steps, rate, labelSmoothing], [16, 2, 0.05, 0.1]);
  assertObjectMatch({ optimizer }, {
    optimizer: { kind: "ema", keep: 0.9, of: { weightDecay: 0.01 } },
  });
  assertObjectMatch({ augment }, { augment: { pad: 3 } });
  // The same configuration, and no option, goes on.
  await Deno.copyFile(join(run, "config.json"), join(project, "config.json"));
  assertEquals((await script(project, 1, "--out", run, "--resume")).code, 0);
});

folderTest("a file that holds no weights, or is none, is refused in words", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  const refuse = async (path: string, said: string) => {
    const { code, stderr } = await script(project, 1, "--evaluate", path);
    assertEquals(code, 1);
    assertStringIncludes(stderr, `error: ${path} ${said}`);
    assert(!stderr.includes("Traceback"), stderr);
  };
  await refuse(join(project, "README.md"), "is no weight file");
  await refuse(join(folder, "none"), "cannot be read");
});
