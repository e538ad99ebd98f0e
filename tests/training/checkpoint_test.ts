/** Checkpoints come back bit for bit; a file that is not one, or not this run's, says how it differs. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { join } from "@std/path";
import { initialParameters, orThrow, plan, toJSON } from "../../mod.ts";
import { onnxEngine } from "../../dsl/engines/onnx/mod.ts";
import { dense, dropout } from "../../layers/mod.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { evaluate, resume } from "../../tasks/training/mod.ts";
import {
  type Checkpoint,
  loadCheckpoint,
  misfit,
  saveCheckpoint,
} from "../../tasks/training/checkpoint.ts";
import { assertProblem } from "../data/_results.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { bands, engine, stopAfter, tinyNet, trainTiny } from "./_runs.ts";

const net = tinyNet();
const mean = Float32Array.from({ length: 192 }, (_, i) => i / 192);

const checkpoint: Checkpoint = {
  net,
  input: [8, 8, 3],
  classes: ["first", "second", "third"],
  normalization: { kind: "per-pixel-mean", shape: [8, 8, 3], mean },
  seed: 5,
  position: {
    epoch: 2,
    batch: 3,
    step: 11,
    lossSum: 0.1 + 0.2,
    accuracySum: 1 / 3,
    best: { epoch: 1, accuracy: 2 / 3 },
  },
  tensors: initialParameters(orThrow(plan(net, [8, 8, 3])), 3),
};

const bits = (numbers: Float32Array) =>
  new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);

Deno.test("loadCheckpoint() gives back what saveCheckpoint() took, bit for bit", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const odd = Float32Array.of(-0, 0, 0, 3.4028235e38, 0.1, Infinity, NaN);
    bits(odd).set([1, 0x80000001], 1); // Subnormal, which arithmetic may take for 0.
    const tensors = new Map([...checkpoint.tensors, ["@odd", { shape: [7], data: odd }]]);
    orThrow(await saveCheckpoint(path, { ...checkpoint, tensors }));
    const found = orThrow(await loadCheckpoint(path));
    assertEquals({ ...found, tensors: undefined }, { ...checkpoint, tensors: undefined });
    assertEquals([...found.tensors.keys()].sort(), [...tensors.keys()].sort());
    for (const [name, { shape, data }] of tensors) {
      assertEquals(found.tensors.get(name)?.shape, shape);
      assertEquals(bits(found.tensors.get(name)?.data ?? new Float32Array()), bits(data), name);
    }
    assertEquals(await namesIn(folder), ["a.safetensors"]);
  });
});

Deno.test("loadCheckpoint() gives back every kind of normalisation, and no best when there is none", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const std = Float32Array.of(0.2, 0.3, 0.4);
    const { best: _, ...position } = checkpoint.position;
    const kinds = [
      { kind: "per-channel", mean: Float32Array.of(0.5, 0.4, 0.3), std },
      { kind: "per-pixel-mean", shape: [8, 8, 3], mean, std },
    ] as const;
    for (const normalization of kinds) {
      orThrow(await saveCheckpoint(path, { ...checkpoint, position, normalization }));
      const found = orThrow(await loadCheckpoint(path));
      assertEquals(found.normalization, normalization);
      assertEquals(found.position, position);
    }
  });
});

Deno.test("saveCheckpoint() of the same run gives the same bytes", async () => {
  await withFolder(async (folder) => {
    const paths = ["a.safetensors", "b.safetensors"].map((name) => join(folder, name));
    for (const path of paths) orThrow(await saveCheckpoint(path, checkpoint));
    const [a, b] = await Promise.all(paths.map((path) => Deno.readFile(path)));
    assertEquals(a, b);
  });
});

/** Saves the checkpoint, changes the file's bytes, and loads it. */
async function loadDamaged(
  folder: string,
  damage: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array,
) {
  const path = join(folder, "damaged.safetensors");
  orThrow(await saveCheckpoint(path, checkpoint));
  await Deno.writeFile(path, damage(await Deno.readFile(path)));
  return await loadCheckpoint(path);
}

Deno.test("loadCheckpoint() finds any flipped bit", async () => {
  await withFolder(async (folder) => {
    const place = fc.record({ at: fc.nat(), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(place, async ({ at, bit }) => {
        const result = await loadDamaged(folder, (bytes) => {
          const index = at % bytes.length;
          bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
          return bytes;
        });
        assertProblem(result, "damaged.safetensors (checkpoint)");
      }),
      { numRuns: 100 },
    );
  });
});

Deno.test("loadCheckpoint() finds a file that was cut short anywhere, or that goes on", async () => {
  await withFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (at) => {
        const result = await loadDamaged(folder, (bytes) => bytes.subarray(0, at % bytes.length));
        assertProblem(result, "damaged.safetensors (checkpoint)");
      }),
      { numRuns: 50 },
    );
    const longer = await loadDamaged(folder, (bytes) => Uint8Array.from([...bytes, 0]));
    assertProblem(longer, "the file must end with its last tensor");
  });
});

Deno.test("loadCheckpoint() refuses a header of absurd length before it takes memory", async () => {
  await withFolder(async (folder) => {
    for (const length of [2n ** 62n, 10n ** 12n, 99_000_000n]) {
      const result = await loadDamaged(folder, (bytes) => {
        new DataView(bytes.buffer).setBigUint64(0, length, true);
        return bytes;
      });
      assertProblem(result, `a header of ${length} bytes`);
    }
  });
});

Deno.test("loadCheckpoint() says of weights of another tool that they are not a run's", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "weights.safetensors");
    await Deno.writeFile(path, encodeSafetensors(checkpoint.tensors, { format: "pt" }));
    assertProblem(
      await loadCheckpoint(path),
      "the file must be a checkpoint of a run",
      "weights without the run's own data",
    );
    await Deno.writeTextFile(path, "GIF89a, not at all a checkpoint");
    assertProblem(await loadCheckpoint(path), "weights.safetensors (checkpoint)");
    assertProblem(await loadCheckpoint(join(folder, "none")), "the file must exist");
  });
});

Deno.test("loadCheckpoint() refuses what no run saves, behind a checksum that fits", async () => {
  const run = {
    input: [8, 8, 3],
    classes: ["a", "b"],
    seed: 1,
    position: { epoch: 1, batch: 0, step: 2, lossSum: 0, accuracySum: 0 },
    normalization: { kind: "per-channel" },
  };
  const normal = { mean: [0.5, 0.5, 0.5], std: [1, 1, 1] };
  const loaded = async (folder: string, changes: object, numbers: Partial<typeof normal> = {}) => {
    const path = join(folder, "a.safetensors");
    const tensors = Object.entries({ ...normal, ...numbers }).map(([name, values]) =>
      [`@normalization.${name}`, {
        shape: [values.length],
        data: Float32Array.from(values),
      }] as const
    );
    const metadata = {
      "netfold.net": toJSON(net),
      "netfold.run": JSON.stringify({ ...run, ...changes }),
    };
    await Deno.writeFile(path, encodeSafetensors(new Map(tensors), metadata));
    return await loadCheckpoint(path);
  };
  const at = (changes: object) => ({ position: { ...run.position, ...changes } });
  const cases: readonly (readonly [object, Partial<typeof normal>, string])[] = [
    [{ classes: ["a", null] }, {}, "classes.1"],
    [{ classes: [] }, {}, "classes"],
    [{ input: [32, "x", 3] }, {}, "input.1"],
    [{ input: [8, 0, 3] }, {}, "input.1"],
    [{ input: [8, 8] }, {}, "[height, width, channels]"],
    [{ seed: -1 }, {}, "seed"],
    ...["epoch", "batch", "step", "accuracySum"].map((name) =>
      [at({ [name]: -1 }), {}, `position.${name}`] as const
    ),
    [at({ best: { epoch: 1, accuracy: 2 } }), {}, "position.best.accuracy"],
    [at({ place: 3 }), {}, "position.place"],
    [{ normalization: { kind: "per-channel", shape: [1] } }, {}, "no such field"],
    [{ more: 1 }, {}, "no such field"],
    [{}, { mean: [0, 0, 100], std: [1, 1, 2e-38] }, "stay finite float32"],
    [{}, { mean: [0, 3e38, 0], std: [1, 0.5, 1] }, "stay finite float32"],
    [{}, { mean: [0, Infinity, 0] }, "a finite number"],
    [{}, { std: [1, 0, 1] }, "a deviation is above 0"],
    [{}, { std: [1, 1, 1e-45] }, "a deviation is above 0"],
  ];
  await withFolder(async (folder) => {
    assertEquals((await loaded(folder, {}))._tag, "Right");
    for (const [changes, numbers, part] of cases) {
      assertProblem(await loaded(folder, changes, numbers), part);
    }
    // Its first session in a process has the thread take subnormal numbers for 0 from then on.
    orThrow(await onnxEngine({ threads: 1 }));
    for (const [changes, numbers, part] of cases) {
      assertProblem(await loaded(folder, changes, numbers), part);
    }
  });
});

Deno.test("misfit() names the first tensor that is missing or of another shape", () => {
  const { tensors } = checkpoint;
  const wanted = new Map(tensors);
  assertEquals(misfit("a", tensors, wanted), { _tag: "Right", right: tensors });
  wanted.set("@adam.step", { shape: [], data: Float32Array.of(0) });
  assertProblem(
    misfit("a", tensors, wanted),
    "another network or optimiser",
    "@adam.step: missing",
  );
  wanted.set("dense1.kernel", { shape: [64, 5], data: new Float32Array(320) });
  assertProblem(misfit("a", tensors, wanted), "dense1.kernel: [64, 3]", "[64, 5]");
});

/** A run that was stopped after five of twelve steps. */
const stopped = async (folder: string, changes: Parameters<typeof trainTiny>[1] = {}) => {
  await trainTiny(folder, { ...changes, watch: stopAfter(5) });
};

Deno.test("resume() refuses the checkpoint of another run and names what differs", async (test) => {
  await withFolder(async (folder) => {
    const [own, other] = [join(folder, "own"), join(folder, "other")];
    const cases = [
      ["another network", { net: tinyNet(dense(5)) }, ["belongs to another network"]],
      ["the same weights in another network", { net: tinyNet(dropout(0.5)) }, [
        "belongs to another network",
      ]],
      ["another optimiser", { recipe: { optimizer: { kind: "adamw" } } }, [
        "another network or optimiser",
        "@momentum/conv1.kernel: missing",
      ]],
      ["another seed", { recipe: { seed: 1 } }, ["another seed", "got     1", "wanted  0"]],
      ["other held out images", { recipe: { validation: 3 } }, [
        "the training images must be those that the run began with",
      ]],
      ["more steps than the run has", { recipe: { epochs: 1, batch: 4 } }, [
        "the checkpoint must stand within the run",
      ]],
    ] as const;
    await stopped(own);
    const config = await Deno.readFile(join(own, "config.json"));
    for (const [name, changes, parts] of cases) {
      await test.step(name, async () => {
        await stopped(other, changes);
        await Deno.writeFile(join(other, "config.json"), config);
        const before = await Deno.readFile(join(other, "last.safetensors"));
        const live = engine.liveTensors();
        assertProblem(await resume(other, { engine, dataset: bands }), ...parts);
        assertEquals(await Deno.readFile(join(other, "last.safetensors")), before);
        assertEquals(engine.liveTensors(), live);
        await Deno.remove(other, { recursive: true });
      });
    }
  });
});

Deno.test("resume() refuses other images under the same name", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await stopped(out);
    const pixels = bands.train.pixels.map((x) => x ^ 1);
    const dataset = { ...bands, train: { ...bands.train, pixels } };
    assertProblem(await resume(out, { engine, dataset }), "the training images must be those");
    const classes = ["a", "b", "c"];
    const renamed = await resume(out, { engine, dataset: { ...bands, classes } });
    assertProblem(renamed, "images with other classes or another mean");
  });
});

Deno.test("resume() and evaluate() refuse a damaged checkpoint and leave the run as it is", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { epochs: 1 } });
    for (const file of ["last.safetensors", "best.safetensors"]) {
      const path = join(out, file);
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes.subarray(0, bytes.length - 100));
    }
    const before = await Promise.all((await namesIn(out)).map((name) => read(out, name)));
    assertProblem(await resume(out, { engine, dataset: bands }), "cut short");
    const evaluated = await evaluate(out, { dataset: bands, backend: "wasm" });
    assertProblem(evaluated, "best.safetensors (checkpoint)", "cut short");
    const after = await Promise.all((await namesIn(out)).map((name) => read(out, name)));
    assertEquals(after, before);
    assert(before.length > 0);
  });
});

const read = (folder: string, name: string) => Deno.readFile(join(folder, name));

Deno.test("saveCheckpoint() stores kernels as float16 when it is asked to, and the rest as it is", async () => {
  await withFolder(async (folder) => {
    const [whole, half] = [join(folder, "a.safetensors"), join(folder, "b.safetensors")];
    orThrow(await saveCheckpoint(whole, checkpoint));
    orThrow(await saveCheckpoint(half, checkpoint, { half: true }));
    const { tensors, ...rest } = orThrow(await loadCheckpoint(half));
    const { tensors: wanted, ...others } = orThrow(await loadCheckpoint(whole));
    assertEquals(rest, others);
    for (const [name, { shape, data }] of wanted) {
      const stored = shape.length < 2 ? data : Float32Array.from(data, Math.f16round);
      assertEquals(tensors.get(name), { shape, data: stored }, name);
    }
    const tooLarge = new Map([["conv1.kernel", { shape: [1, 1], data: Float32Array.of(7e4) }]]);
    const refused = await saveCheckpoint(half, { ...checkpoint, tensors: tooLarge }, {
      half: true,
    });
    assertProblem(refused, "70000 in conv1.kernel", "65504");
  });
});

Deno.test("saveCheckpoint() refuses what loadCheckpoint() would not read back", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "a.safetensors");
    const refused = async (changes: object, ...words: readonly string[]) =>
      assertProblem(await saveCheckpoint(path, { ...checkpoint, ...changes }), ...words);
    await refused({ classes: [] }, "classes");
    await refused({ position: { ...checkpoint.position, step: -1 } }, "position.step");
    await refused({ net: { kind: "chian" } }, "a network");
    await refused({ seed: 0.5 }, "seed");
    assertEquals(await namesIn(folder), []);
  });
});
