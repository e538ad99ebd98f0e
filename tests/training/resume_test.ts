/**
 * A run that was stopped and resumed ends as one that never was: the same
 * weights, the same best weights, the same figures, bit for bit.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import * as fc from "fast-check";
import { join } from "@std/path";
import {
  chain,
  clip,
  cosine,
  ema,
  focal,
  groups,
  linear,
  muon,
  type Net,
  orThrow,
  points,
  repeat,
  residual,
  sgd,
  shared,
  warmup,
} from "../../mod.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { cropFlip, cutout, inOrder } from "../../tasks/data/augment.ts";
import {
  batchNorm,
  conv,
  dense,
  dropout,
  gelu,
  globalMaxPool,
  relu,
  stochasticDepth,
} from "../../layers/mod.ts";
import { type Recipe, resume } from "../../tasks/training/mod.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { withFolder } from "../files/_folder.ts";
import { testEngines } from "./_engines.ts";
import { bands, remainsOf, stopAfter, tinyNet, trainTiny } from "./_runs.ts";

const STEPS = 12;

/** Resumes a run again and again, each time stopped after so many steps, and then to its end. */
async function resumeBy(counts: readonly number[], engine: Engine, folder: string): Promise<void> {
  for (const count of counts) {
    orThrow(await resume(folder, { engine, dataset: bands, ...stopAfter(count) }));
  }
  assert(orThrow(await resume(folder, { engine, dataset: bands })).finished);
}

interface Kind {
  readonly name: string;
  readonly net?: Net;
  readonly recipe?: Partial<Recipe>;
}

const DROPOUT: Kind = {
  name: "dropout, AdamW and no held out images",
  net: chain(
    conv(4, { kernel: 3, padding: 1 }),
    dropout(0.4),
    repeat(2, shared("step", chain(batchNorm(), relu()))),
    residual(chain(conv("same"), stochasticDepth(0.3))),
    tinyNet(dropout(0.5)),
  ),
  recipe: { optimizer: { kind: "adamw" }, rate: 0.01, validation: 0 },
};

const KINDS: readonly Kind[] = [
  { name: "SGD" },
  DROPOUT,
  {
    name: "Muon, averaged weights and a schedule of its own for the classifier",
    recipe: {
      optimizer: ema(0.9, groups([{ path: "dense1", schedule: linear() }], clip(1, muon()))),
      schedule: warmup(0.25, cosine()),
      loss: focal(),
    },
  },
  {
    name: "smaller images at first, mirrored in every second epoch",
    net: chain(conv(6, { kernel: 3, padding: 1 }), gelu(), globalMaxPool(), dense(3)),
    recipe: {
      optimizer: groups([{ path: "conv1", schedule: points([0, 1], [0.5, 0]) }], sgd()),
      sizes: [{ size: 5, until: 0.3 }, { size: 6, until: 0.6 }],
      augment: { pad: 1, flip: "alternating", edge: "reflect" },
    },
  },
  {
    name: "images cut, mixed, drawn and weighted by class, in parts of a batch",
    recipe: {
      sampling: [1, 2, 3],
      accumulate: 2,
      classWeights: "balanced",
      augment: inOrder(cropFlip({ pad: 1, flip: true }), cutout({ size: 3 })),
      mixup: 0.4,
      cutmix: 1,
    },
  },
  {
    name: "a rate that is lowered, and an early end",
    recipe: { epochs: 9, rate: 1e-5, earlyStopping: 2, plateau: { epochs: 1, by: 0.5 } },
  },
  { name: "an end within an epoch", recipe: { epochs: 100, steps: 10, schedule: "cosine" } },
];

/** The steps after which a run is stopped: the first, an epoch's last, one within an epoch, the last. */
const STOPS = [1, 4, 6, STEPS];

for (const { name, ...changes } of KINDS) {
  testEngines(`resume() ends as if the run had not been stopped: ${name}`, async (engine) => {
    await withFolder(async (folder) => {
      const out = join(folder, "stopped");
      let last = await trainTiny(out, { ...changes, watch: { engine, ...stopAfter(1) } });
      for (const [i, stop] of STOPS.entries()) {
        const { position } = orThrow(await loadCheckpoint(join(out, "last.safetensors")));
        assertEquals(last.finished, last.test !== undefined);
        if (!last.finished) assertEquals(position.step, stop);
        const next = STOPS[i + 1];
        const watch = next === undefined ? {} : stopAfter(next - stop);
        last = orThrow(await resume(out, { engine, dataset: bands, ...watch }));
      }
      const whole = await trainTiny(join(folder, "whole"), { ...changes, watch: { engine } });
      assertEquals(await remainsOf(out), await remainsOf(join(folder, "whole")));
      assertEquals([last.test, last.best], [whole.test, whole.best]);
    });
  });
}

testEngines(
  "resume() ends the same when the run is stopped after every single step",
  async (engine) => {
    await withFolder(async (folder) => {
      await trainTiny(join(folder, "whole"), { watch: { engine } });
      const out = join(folder, "stopped");
      await trainTiny(out, { watch: { engine, ...stopAfter(1) } });
      await resumeBy(Array.from({ length: STEPS - 1 }, () => 1), engine, out);
      assertEquals(await remainsOf(out), await remainsOf(join(folder, "whole")));
    });
  },
);

testEngines(
  "resume() ends the same wherever the run is stopped, and however often",
  async (engine) => {
    await withFolder(async (folder) => {
      await trainTiny(join(folder, "whole"), { ...DROPOUT, watch: { engine } });
      const wanted = await remainsOf(join(folder, "whole"));
      const counts = fc.array(fc.integer({ min: 1, max: STEPS }), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(counts, async ([first = 1, ...more]) => {
          const out = await Deno.makeTempDir({ dir: folder });
          await trainTiny(out, { ...DROPOUT, watch: { engine, ...stopAfter(first) } });
          await resumeBy(more, engine, out);
          assertEquals(await remainsOf(out), wanted);
        }),
        { numRuns: 3 },
      );
    });
  },
);

Deno.test("saving within an epoch changes nothing", async () => {
  await withFolder(async (folder) => {
    const [often, seldom] = [join(folder, "often"), join(folder, "seldom")];
    await trainTiny(often, { watch: { saveEvery: 0 } });
    await trainTiny(seldom);
    assertEquals(await remainsOf(often), await remainsOf(seldom));
  });
});

Deno.test("train() with one seed always ends with the same weights, with another with others", async () => {
  await withFolder(async (folder) => {
    const net = tinyNet(dropout(0.3));
    const end = async (name: string, seed: number) => {
      await trainTiny(join(folder, name), { net, recipe: { seed, epochs: 1 } });
      return await remainsOf(join(folder, name));
    };
    const [a, b, c] = [await end("a", 3), await end("b", 3), await end("c", 4)];
    assertEquals(a, b);
    assert(a.last.some((byte, i) => byte !== c.last[i]));
    assert(a.metrics[0]?.["trainLoss"] !== c.metrics[0]?.["trainLoss"]);
  });
});

Deno.test("the best weights of a run with averages are the averages", async () => {
  await withFolder(async (folder) => {
    await trainTiny(folder + "/run", { recipe: { optimizer: ema(0.9, muon()), validation: 0 } });
    const tensors = async (name: string) =>
      orThrow(await loadCheckpoint(join(folder, "run", `${name}.safetensors`))).tensors;
    const [best, last] = [await tensors("best"), await tensors("last")];
    for (const [name, { data }] of last) {
      assertEquals(best.get(name)?.data, last.get(`@average/${name}`)?.data ?? data, name);
    }
    assertNotEquals(best.get("dense1.kernel"), last.get("dense1.kernel"));
  });
});
