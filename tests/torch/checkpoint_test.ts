/** PyTorch's script and checkpoints: what no run saves is refused in words, what was changed is told. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { JsonObject } from "../../tasks/files/json.ts";
import { orThrow } from "../../mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { openRun } from "../../tasks/files/run_folder.ts";
import { decodeSafetensors, encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { configFromJson } from "../../tasks/training/config.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { changedSettings } from "../../tasks/training/continuation.ts";
import { dataFolder } from "../../tasks/training/torch.ts";
import { runPython } from "./_torch.ts";
import { dataset, folderTest, net } from "./_training.ts";

/** What the script says of each of these checkpoints. */
const LOAD = `
import sys
sys.path.insert(0, sys.argv[1])
from folder import Run
for path in sys.argv[2:]:
    try:
        Run("", {}, False).load(path)
        print("nothing")
    except SystemExit as said:
        print(said)
`;

folderTest(
  "a checkpoint of train.py holds its recipe; what is wrong with one is told",
  async (folder) => {
    const [project, run] = [join(folder, "project"), join(folder, "run")];
    await Deno.mkdir(project);
    const settings = { classes: dataset.classes, data: await dataFolder(dataset, project) };
    const { config } = projectOf("small", net, dataset.train.shape);
    orThrow(await writeTorchProject(project, { config: { ...config, data: "shapes" }, settings }));
    const options = ["--out", run, "--resume", "--batch", "16", "--rate", "0.05"];
    const train = (...more: readonly string[]) =>
      runPython([join(project, "train.py"), ...options, ...more], {
        env: { OMP_NUM_THREADS: "1" },
      });
    assertEquals((await train("--steps", "2")).code, 0);

    const path = join(run, "last.safetensors");
    const { config: found } = orThrow(await openRun(run, configFromJson));
    const checkpoint = orThrow(await loadCheckpoint(path));
    assertEquals(changedSettings(checkpoint, found.recipe), []);
    const faster = { ...found.recipe, rate: 0.2 };
    assertEquals(changedSettings(checkpoint, faster), ["rate was 0.05 and is 0.2"]);
    const edited = await train("--steps", "2", "--rate", "0.2");
    assertEquals(edited.code, 0, edited.stderr);
    assertStringIncludes(edited.stderr, "since the last checkpoint: rate was 0.05 and is 0.2");

    const whole = await Deno.readFile(path);
    const { tensors, metadata } = orThrow(decodeSafetensors(whole, path));
    const told: JsonObject = JSON.parse(metadata["netfold.run"] ?? "");
    const std = { shape: [3], data: Float32Array.of(1, 1, 1e-45) };
    const cases: readonly (readonly [object, string, typeof tensors?])[] = [
      [{ classes: ["a", null] }, `its classes is ["a", null]`],
      [{ input: [32, "x", 3] }, `its input is [32, "x", 3]`],
      [
        { position: { epoch: 0, batch: 0, step: -1, lossSum: 0, accuracySum: 0 } },
        "its position is",
      ],
      [{}, "its normalisation overflows", new Map([...tensors, ["@normalization.std", std]])],
    ];
    const paths = cases.map((_, i) => join(folder, `${i}.safetensors`));
    for (const [i, [changes, , numbers = tensors]] of cases.entries()) {
      const changed = { ...metadata, "netfold.run": JSON.stringify({ ...told, ...changes }) };
      await Deno.writeFile(paths[i] ?? "", encodeSafetensors(numbers, changed));
    }
    const { code, stdout, stderr } = await runPython(["-c", LOAD, project, ...paths]);
    assertEquals(code, 0, stderr);
    const wanted = cases.map(([, said], i) =>
      `error: ${paths[i]} is no checkpoint of a run: ${said}`
    );
    for (const [i, line] of wanted.entries()) {
      assertStringIncludes(stdout.split("\n")[i] ?? "", line);
    }
  },
);
