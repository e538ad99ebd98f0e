/**
 * A run that was stopped and resumed ends as one that never was: the same
 * weights, the same best weights, the same figures, bit for bit.
 */
import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import { join } from "@std/path";
import {
  chain,
  clip,
  cosine,
  eachParameter,
  ema,
  focal,
  groups,
  linear,
  type Loss,
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
import { abs, multiply, scale, subtract } from "../../dsl/graph/arithmetic.ts";
import { mean } from "../../dsl/graph/compose.ts";
import { dirac } from "../../dsl/programs/initializers.ts";
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
import { evaluate, type Recipe, resume, train } from "../../tasks/training/mod.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { testEngines } from "./_engines.ts";
import { bands, engine, recipe, remainsOf, stopAfter, tinyNet, trainTiny } from "./_runs.ts";

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

Deno.test("resume() takes the run's own engine when only threads are named", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const request = { net: tinyNet(), data: bands, out, recipe, backend: "cpu" } as const;
    orThrow(await train(request, stopAfter(1)));
    const threads = await resume(out, { dataset: bands, threads: 2 });
    assertProblem(threads, "threads belongs to the engine onnx", "the backend is cpu");
    assert(orThrow(await resume(out, { dataset: bands })).finished);
  });
});

Deno.test("resume() of a finished run measures again and changes nothing", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const first = await trainTiny(out);
    const wanted = await remainsOf(out);
    const again = orThrow(await resume(out, { engine, dataset: bands }));
    assertEquals(again.test, first.test);
    assertEquals(again.epochs, first.epochs);
    assertEquals(await remainsOf(out), wanted);
  });
});

Deno.test("resume() draws the curves that a kill has left out", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const curves = join(out, "curves.svg");
    await trainTiny(out);
    const wanted = await Deno.readTextFile(curves);
    for (const leave of [() => Deno.remove(curves), () => Deno.writeTextFile(curves, "<svg/>")]) {
      await leave();
      orThrow(await resume(out, { engine, dataset: bands }));
      assertEquals(await Deno.readTextFile(curves), wanted);
    }
    await trainTiny(join(folder, "stopped"), { watch: stopAfter(6) });
    const half = join(folder, "stopped", "curves.svg");
    const drawn = await Deno.readTextFile(half);
    await Deno.remove(half);
    const again = await resume(join(folder, "stopped"), {
      engine,
      dataset: bands,
      onStep: () => assertEquals(Deno.readTextFileSync(half), drawn),
      ...stopAfter(1),
    });
    assertEquals(orThrow(again).finished, false);
  });
});

Deno.test("a run is trained by one at a time, in one process too", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { watch: stopAfter(6) });
    const watch = { engine, dataset: bands };
    const both = await Promise.all([resume(out, watch), resume(out, watch)]);
    assertEquals(both.map(({ _tag }) => _tag).toSorted(), ["Left", "Right"]);
    for (const one of both) {
      if (one._tag === "Left") assertProblem(one, "one process at a time may train", `${Deno.pid}`);
    }
    const whole = join(folder, "whole");
    await trainTiny(whole);
    assertEquals(await remainsOf(out), await remainsOf(whole));
  });
});

Deno.test("resume() begins anew when a run was stopped before its first checkpoint", async () => {
  await withFolder(async (folder) => {
    const [whole, stopped] = [join(folder, "whole"), join(folder, "stopped")];
    await trainTiny(whole);
    await trainTiny(stopped, { watch: stopAfter(2) });
    await Deno.remove(join(stopped, "last.safetensors"));
    orThrow(await resume(stopped, { engine, dataset: bands }));
    assertEquals(await remainsOf(stopped), await remainsOf(whole));
  });
});

Deno.test("resume() refuses a run whose last checkpoint is gone, and leaves its best weights", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out);
    await Deno.remove(join(out, "last.safetensors"));
    const kept = () => Promise.all(FILES.map((name) => Deno.readFile(join(out, name))));
    const before = await kept();
    const again = await resume(out, { engine, dataset: bands, epochs: recipe.epochs + 1 });
    assertProblem(again, "no checkpoint, after 3 epochs", "--from");
    assertEquals(await kept(), before);
  });
});

const FILES = ["best.safetensors", "config.json", "metrics.jsonl", "steps.csv"];

Deno.test("a run whose epochs were raised is resumed with new epochs", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { schedule: "constant" } });
    const text = await Deno.readTextFile(join(out, "config.json"));
    const longer = text.replace(`"epochs": ${recipe.epochs}`, `"epochs": ${recipe.epochs + 1}`);
    assert(longer !== text);
    await Deno.writeTextFile(join(out, "config.json"), longer);
    const said: string[] = [];
    const onWarning = (text: string) => void said.push(text);
    orThrow(await resume(out, { engine, dataset: bands, onWarning }));
    assertStringIncludes(
      `${said}`,
      `since the last checkpoint: epochs was ${recipe.epochs} and is ${recipe.epochs + 1};`,
    );
    // What was said once is how the run is now.
    orThrow(await resume(out, { engine, dataset: bands, onWarning }));
    assertEquals(said.length, 1);
    const whole = join(folder, "whole");
    await trainTiny(whole, { recipe: { schedule: "constant", epochs: recipe.epochs + 1 } });
    assertEquals(await remainsOf(out), await remainsOf(whole));
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

Deno.test("a run with an optimiser and a loss of one's own is resumed when they are given again", async () => {
  const of = (share: number) => ({
    optimizer: eachParameter({
      kind: "descent",
      options: { share },
      update: ({ graph, rate }, { value, gradient }) =>
        subtract(graph, value, multiply(graph, scale(graph, gradient, share), rate)),
    }),
    loss: {
      kind: "absolute",
      build: (graph, logits, targets) => mean(graph, abs(graph, subtract(graph, logits, targets))),
    } satisfies Loss,
  });
  const own = of(0.5);
  await withFolder(async (folder) => {
    const [whole, out] = [join(folder, "whole"), join(folder, "out")];
    await trainTiny(whole, { recipe: own });
    await trainTiny(out, { recipe: own, watch: stopAfter(3) });
    const watch = { engine, dataset: bands };
    assertProblem(await resume(out, watch), "there is no such optimizer", "descent", "give the");
    assertProblem(await resume(out, { ...watch, ...own, ...of(2) }), "begun with", "2", "0.5");
    assertProblem(await resume(out, { ...watch, optimizer: sgd(), loss: own.loss }), "begun with");
    const starts = { "conv1.kernel": { kind: "ones" } } as const;
    assertProblem(await resume(out, { ...watch, ...own, starts }), "no starts, as in the run");
    orThrow(await resume(out, { ...watch, ...own }));
    assertEquals(await remainsOf(out), await remainsOf(whole));
  });
});

Deno.test("resume() says what is wrong with what is given again", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { recipe: { optimizer: clip(1, sgd()) }, watch: stopAfter(2) });
    const given = { engine, dataset: bands };
    const loose: (folder: string, options: unknown) => ReturnType<typeof resume> = resume as never;
    const refused = async (options: object, ...words: readonly string[]) =>
      assertProblem(await loose(out, { ...given, ...options }), ...words);
    await refused({ loss: focal() }, "no loss, as in the run", "leave loss out");
    await refused({ loss: { kind: "focal", build: () => 0 } }, "another than those of netfold's");
    await refused({ optimizer: { kind: "sdg" } }, 'did you mean "sgd"?');
    await refused({ starts: [dirac()] }, "an object of options");
    await refused({ backnd: "cpu" }, 'did you mean "backend"?');
    await refused({ data: bands }, "the option is unknown", "dataset");
    await refused({ augment: { name: "crop-flip", options: {}, apply: () => 0 } }, "another name");
    assertProblem(await resume(out, { engine }), "again, in a script { dataset }");
    assertProblem(
      await evaluate(out, { engine, weights: "last" }),
      "again, in a script { dataset }",
    );
    const optimizer = { of: sgd(), norm: 1, kind: "clip" } as const;
    const augment = cropFlip({ flip: true, pad: 1 });
    assert(orThrow(await resume(out, { ...given, optimizer, augment })).finished);
  });
});

Deno.test("an augmentation of netfold's that is given as a value is known again by its record", async () => {
  await withFolder(async (folder) => {
    const [whole, out] = [join(folder, "whole"), join(folder, "run")];
    const augment = inOrder(cropFlip({ pad: 1, flip: true }), cropFlip({ pad: 0, flip: true }));
    await trainTiny(whole, { recipe: { augment } });
    await trainTiny(out, { recipe: { augment }, watch: stopAfter(5) });
    orThrow(await resume(out, { engine, dataset: bands }));
    assertEquals(await remainsOf(out), await remainsOf(whole));
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
