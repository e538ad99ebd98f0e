/**
 * Runs move between engines. A checkpoint holds numbers, not an engine's state:
 * every engine reads the same ones back, and resumes a run of any other's
 * to the same weights but for rounding; all find the same accuracy.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { orThrow } from "../../mod.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { evaluate, resume, type TrainStart } from "../../tasks/training/mod.ts";
import { withFolder } from "../files/_folder.ts";
import { ENGINES, testEngines } from "./_engines.ts";
import { bands, stopAfter, trainTiny } from "./_runs.ts";

/** AdamW has two numbers for each parameter, and counts its steps. */
const recipe = { optimizer: { kind: "adamw" }, rate: 0.01 } as const;

const there = ENGINES.filter(({ engine }) => typeof engine !== "string");

async function tensorsIn(folder: string): Promise<Tensors> {
  return orThrow(await loadCheckpoint(join(folder, "last.safetensors"))).tensors;
}

/** The numbers' bits, by name. */
function bitsOf(tensors: Tensors): ReadonlyMap<string, readonly [string, Uint32Array]> {
  const names = [...tensors.keys()].toSorted();
  return new Map(names.map((name) => {
    const { shape, data } = tensors.get(name) ?? { shape: [], data: new Float32Array() };
    return [name, [`${shape}`, new Uint32Array(data.slice().buffer)]];
  }));
}

testEngines("an engine reads back the state that another saved, bit for bit", async (engine) => {
  await withFolder(async (folder) => {
    for (const { name, choice } of there) {
      const out = join(folder, name);
      await trainTiny(out, { recipe, watch: stopAfter(1) });
      orThrow(await resume(out, { dataset: bands, ...stopAfter(6), ...choice }));
      const saved = await tensorsIn(out);
      assert(saved.has("@adam.step"));
      const state = engine.upload(saved);
      assertEquals(bitsOf(await engine.download(state)), bitsOf(saved), `saved by ${name}`);
      engine.free(state);
    }
  });
});

testEngines(
  "resume() resumes a run of another engine, to the same weights and accuracy up to rounding",
  async (engine, test) => {
    await withFolder(async (folder) => {
      const whole = join(folder, "whole");
      await trainTiny(whole, { recipe, watch: { engine } });
      const wanted = await tensorsIn(whole);
      for (const { name, choice } of there) {
        if (name === engine.backend) continue;
        await test.step(`${engine.backend}, ${name} and ${engine.backend} again`, async () => {
          const out = join(folder, name);
          await trainTiny(out, { recipe, watch: { engine, ...stopAfter(5) } });
          const config = await Deno.readTextFile(join(out, "config.json"));
          const started: TrainStart[] = [];
          const onStart = (start: TrainStart) => void started.push(start);
          const watch = { dataset: bands, onStart, ...stopAfter(4) };
          assert(!orThrow(await resume(out, { ...watch, ...choice })).finished);
          assert(orThrow(await resume(out, { dataset: bands, engine, onStart })).finished);
          assertEquals(started.map(({ step }) => step), [5, 9]);
          assert(started[0]?.engine.includes(name), started[0]?.engine);
          assertEquals(await Deno.readTextFile(join(out, "config.json")), config);
          assertClose(await tensorsIn(out), wanted);
          await assertMeasuredAlike(out);
        });
      }
    });
  },
);

function assertClose(got: Tensors, wanted: Tensors): void {
  assertEquals([...got.keys()].toSorted(), [...wanted.keys()].toSorted());
  for (const [name, { data }] of wanted) {
    const other = got.get(name)?.data ?? new Float32Array();
    const worst = Math.max(...data.map((value, i) => Math.abs(value - (other[i] ?? NaN))));
    assert(worst < 1e-3, `${name} differs by ${worst}`);
  }
}

/** Asserts that every engine finds the same in a run: the same predictions, and the loss but for rounding. */
async function assertMeasuredAlike(out: string): Promise<void> {
  const measure = async (choice: EngineChoice) =>
    orThrow(await evaluate(out, { dataset: bands, split: "train", ...choice }));
  const [first, ...others] = await Array.fromAsync(there, ({ choice }) => measure(choice));
  assertEquals(first?.images, 35);
  assertEquals(others.length, there.length - 1);
  for (const { engine, predictions, top1, top5, loss } of others) {
    assertEquals(predictions, first?.predictions, engine);
    assertEquals([top1, top5], [first?.top1, first?.top5], engine);
    assertAlmostEquals(loss, first?.loss ?? NaN, 1e-5, engine);
  }
}
