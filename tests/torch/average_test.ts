/** Averages of weights and running statistics on PyTorch: by plain sums, in several processes, and where they begin. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { ema, orThrow, sgd } from "../../mod.ts";
import { loadCheckpoint, saveCheckpoint } from "../../tasks/training/checkpoint.ts";
import { resume, train } from "../../tasks/training/mod.ts";
import { resumeOnTorch } from "../../tasks/training/torch.ts";
import { copyFolder } from "../files/_folder.ts";
import { script, writeProject } from "./_project.ts";
import { runPython } from "./_torch.ts";
import { assertClose, dataset, folderTest, request, tensorsIn, torch } from "./_training.ts";

const STATISTICS = ["bn1.mean", "bn1.variance"];
const WEIGHTS = ["bn1.beta", "bn1.gamma", "conv1.kernel", "conv2.bias", "conv2.kernel"];
const ALL = [...WEIGHTS, "dense1.bias", "dense1.kernel", ...STATISTICS].toSorted();

folderTest(
  "averages are those of plain sums, and begin with what a checkpoint has",
  async (folder) => {
    const project = join(folder, "project");
    await writeProject(project);
    const path = new URL("./averages.py", import.meta.url).pathname;
    const said = await runPython([path, project, folder], { env: { OMP_NUM_THREADS: "1" } });
    assertEquals(said.code, 0, said.stderr);
    const note = (first: string, others: number) =>
      `note: there is no average of ${first} and of ${others} more: it begins with what the checkpoint has`;
    assertEquals(JSON.parse(said.stdout), {
      steps: 8,
      sums: [],
      averaged: ALL,
      // Steps moved everything away from its average.
      moved: [],
      best: [true],
      told: true,
      earlier: [note("bn1.mean", 1), STATISTICS, []],
      file: [note("conv1.kernel", 8), ALL, []],
      shards: [note("conv1.kernel", 8), ALL, []],
    });
  },
);

folderTest("processes with batch norms of their own share the averages", async (folder) => {
  const project = join(folder, "project");
  await writeProject(project);
  const after = async (steps: number, ...more: readonly string[]) => {
    const out = join(folder, `${steps}${more.join("")}`);
    const { code, stderr } = await script(project, 2, ...[
      ...["--out", out, "--steps", `${steps}`, "--schedule", "constant", "--rate", "0.1"],
      ...["--batch", "16", "--precision", "float64", "--ema", "0.9", ...more],
    ]);
    assertEquals(code, 0, stderr);
    return await tensorsIn(out);
  };
  const [first, second] = [await after(1), await after(2)];
  for (const path of STATISTICS) {
    const [was, is] = [first.get(path)?.data, second.get(path)?.data];
    assertNotEquals(was, is);
    const mean = is?.map((x, i) => (x + (was?.[i] ?? NaN)) / 2) ?? new Float32Array();
    const found = second.get(`@average/${path}`) ?? { shape: [], data: new Float32Array() };
    const wanted = { shape: found.shape, data: mean };
    assertClose(new Map([[path, found]]), new Map([[path, wanted]]), 2 ** -22);
  }
  assertClose(await after(2, "--fsdp", "yes"), second, 2 ** -22);
});

folderTest(
  "PyTorch resumes an average of weights alone as other engines do, and says so",
  async (folder) => {
    const run = join(folder, "run");
    let steps = 0;
    const stop = { onStep: () => steps++, interrupted: () => steps >= 3 };
    orThrow(await train(request(run, { optimizer: ema(0.9, sgd()) }), stop));
    const path = join(run, "last.safetensors");
    const { tensors, ...rest } = orThrow(await loadCheckpoint(path));
    const earlier = new Map(
      [...tensors].filter(([name]) => !STATISTICS.some((of) => name === `@average/${of}`)),
    );
    assertEquals(earlier.size, tensors.size - 2);
    orThrow(await saveCheckpoint(path, { ...rest, tensors: earlier }));
    const copy = join(folder, "copy");
    await copyFolder(run, copy);
    const said: string[] = [];
    const onWarning = (words: string) => said.push(words);
    orThrow(await resume(run, { dataset, onWarning }));
    orThrow(await resumeOnTorch(copy, { ...torch, dataset, onWarning }));
    assertEquals(said.length, 2);
    assertEquals(said[0], said[1]);
    assertClose(await tensorsIn(copy), await tensorsIn(run), 1e-3);
    assertClose(
      await tensorsIn(copy, "best"),
      new Map(
        [...await tensorsIn(run, "best")].filter(([name]) => !name.startsWith("@average/")),
      ),
      1e-3,
    );
  },
);
