/**
 * Runs that begin with weights: of a run, a file, a checkpoint or tensors. Everything but a
 * classifier of other classes is taken over, the normalisation with it; what does not fit is told.
 */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import {
  chain,
  freeze,
  initialParameters,
  type Net,
  orThrow,
  plan,
  transferWeights,
  unfreeze,
  withClasses,
} from "../../mod.ts";
import { conv, dense, globalAveragePool } from "../../layers/mod.ts";
import { loadCheckpoint, resume, train, type Weights } from "../../tasks/training/mod.ts";
import { openRunIn } from "../../tasks/training/config.ts";
import type { TestedDataset } from "../../tasks/data/mod.ts";
import { attempt } from "../../tasks/fp.ts";
import { requestOf } from "../../tasks/train/asked.ts";
import type { TrainArguments } from "../../tasks/train/options.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, recipe, remainsOf, stopAfter, tinyNet, trainTiny } from "./_runs.ts";

/** Images of other classes, as many as before. */
const others: TestedDataset = { ...bands, classes: ["top", "middle", "bottom"] };
/** Two classes of the three, of images that are darker. */
const two: TestedDataset = {
  ...bands,
  classes: ["first", "other"],
  train: {
    ...bands.train,
    pixels: bands.train.pixels.map((value) => value >> 1),
    labels: bands.train.labels.map((label) => Math.min(label, 1)),
  },
  test: { ...bands.test, labels: bands.test.labels.map((label) => Math.min(label, 1)) },
};

/** The network with all but its classifier frozen. */
function frozen(net: Net): Net {
  return orThrow(unfreeze(orThrow(freeze(net)), "dense1"));
}

/** Does something in a folder with a finished run in `first`. */
async function withFirst(
  work: (folder: string, first: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const first = join(folder, "first");
    await trainTiny(first);
    await work(folder, first);
  });
}

/** A run of one epoch that begins with weights. */
function onwards(out: string, weights: Weights, net = tinyNet()) {
  return { net, data: bands, out, engine, recipe: { ...recipe, epochs: 1 }, weights } as const;
}

Deno.test("a run begins with the best weights of another and with its normalisation", async () => {
  await withFirst(async (folder, first) => {
    const out = join(folder, "second");
    const begun: unknown[] = [];
    const request = { ...onwards(out, first, frozen(tinyNet())), data: two };
    const net = frozen(orThrow(withClasses(tinyNet(), 2)));
    orThrow(await train({ ...request, net }, { onStart: ({ from }) => begun.push(from) }));
    const before = orThrow(await loadCheckpoint(join(first, "best.safetensors")));
    const after = orThrow(await loadCheckpoint(join(out, "last.safetensors")));
    assertEquals(after.normalization, before.normalization);
    for (const [name, { data }] of after.tensors) {
      if (name.startsWith("@") || name.startsWith("dense1.")) continue;
      assertEquals(data, before.tensors.get(name)?.data, name);
    }
    const { config: { from } } = orThrow(await openRunIn({}, out));
    assertEquals(from?.weights, first);
    assertEquals(from?.anew, ["dense1.kernel", "dense1.bias"]);
    assertEquals(begun, [from]);
  });
});

Deno.test("a classifier of the same classes is taken over, one of other classes starts anew", async () => {
  await withFirst(async (folder, first) => {
    const before = orThrow(await loadCheckpoint(join(first, "best.safetensors")));
    // No step is taken, so that the checkpoint is the first one.
    const begin = async (name: string, changes: object) => {
      const out = join(folder, name);
      const request = { ...onwards(out, first), ...changes };
      const stop = {
        onStart: () => {
          throw new Deno.errors.Interrupted();
        },
      };
      await train(request, stop).catch(() => {});
      return orThrow(await loadCheckpoint(join(out, "last.safetensors"))).tensors;
    };
    const kernel = "dense1.kernel";
    const drawn = initialParameters(orThrow(plan(tinyNet(), [8, 8, 3])), 0);
    const same = await begin("same", {});
    assertEquals(same.get(kernel), before.tensors.get(kernel));
    assertEquals((await begin("others", { data: others })).get(kernel), drawn.get(kernel));
    // Tensors of a script have no classes: only their shapes can tell.
    const kept = await begin("tensors", { data: others, weights: before.tensors });
    assertEquals(kept.get(kernel), before.tensors.get(kernel));
    const file = join(first, "last.safetensors");
    const last = orThrow(await loadCheckpoint(file)).tensors.get(kernel);
    assertEquals((await begin("file", { weights: file })).get(kernel), last);
    assertNotEquals(last, drawn.get(kernel));
  });
});

Deno.test("a run that began with weights is resumed bit for bit, before its first checkpoint too", async () => {
  await withFirst(async (folder, first) => {
    const whole = join(folder, "whole");
    orThrow(await train(onwards(whole, first)));
    const wanted = await remainsOf(whole);
    for (const stop of [1, 3]) {
      const out = join(folder, `stop${stop}`);
      orThrow(await train(onwards(out, first), stopAfter(stop)));
      orThrow(await resume(out, { engine, dataset: bands }));
      assertEquals(await remainsOf(out), wanted);
    }
    const killed = join(folder, "killed");
    const end = {
      onStep: () => {
        throw new Deno.errors.Interrupted();
      },
    };
    await train(onwards(killed, first), end).catch(() => {});
    // The weights that it began with are no longer where they were.
    await Deno.remove(first, { recursive: true });
    const other = { ...bands, train: two.train };
    assertProblem(await resume(killed, { engine, dataset: other }), "images whose mean is");
    orThrow(await resume(killed, { engine, dataset: bands }));
    assertEquals(await remainsOf(killed), wanted);
    await Deno.remove(join(killed, "last.safetensors"));
    assertProblem(await resume(killed, { engine, dataset: bands }), first, "no checkpoint");
  });
});

Deno.test("weights that do not fit are problems that name what does not", async () => {
  await withFirst(async (folder, first) => {
    const refused = async (changes: object, ...words: readonly string[]) =>
      assertProblem(
        await train({ ...onwards(join(folder, "never"), first), ...changes }),
        ...words,
      );
    const wider = chain(conv(6, { kernel: 3, padding: 1 }), globalAveragePool(), dense(3));
    await refused({ net: wider }, "conv1.kernel: [3, 3, 3, 4], and", "[3, 3, 3, 6]", first);
    await refused(
      { net: chain(conv(4, { kernel: 3, padding: 1 }), globalAveragePool(), dense(3)) },
      "bn1.beta: a tensor, and 3 more",
      "no such parameter",
    );
    const net = orThrow(freeze(orThrow(withClasses(tinyNet(), 2)), "dense1"));
    await refused({ net, data: two }, "starts anew must be trained", "do not freeze dense1");
    await refused({ weights: join(folder, "nowhere") }, "must be that of a run");
    await refused({ weights: join(folder, "no.safetensors") }, "no.safetensors", "must exist");
    // It is said before data are loaded.
    const unread = { weights: join(folder, "nowhere"), data: "folder:/nowhere" };
    await refused(unread, join(folder, "nowhere"), "must be that of a run");
    const given = { net: "cifar/resnet-18", from: unread.weights, data: unread.data };
    const asked = await attempt(() => requestOf("train", given as TrainArguments));
    assertProblem(asked, join(folder, "nowhere"), "must be that of a run");
    await refused({ weights: 3 }, "the folder of a run, the file of a checkpoint");
    await refused({ weights: new Map([["conv1.kernel", 3]]) }, "a map of tensors by name");
  });
});

Deno.test("weights of another network are taken over by transferWeights, the rest anew", async () => {
  await withFirst(async (folder, first) => {
    const net = tinyNet(dense(5));
    const planned = orThrow(plan(net, [8, 8, 3]));
    const { tensors } = orThrow(await loadCheckpoint(join(first, "best.safetensors")));
    const map = { dense1: null };
    const rest = initialParameters(planned, 3);
    const weights = orThrow(transferWeights(tensors, planned, { map, rest }));
    const out = join(folder, "second");
    const run = orThrow(await train(onwards(out, weights, frozen(net))));
    assert(run.finished);
    const after = orThrow(await loadCheckpoint(join(out, "last.safetensors")));
    assertEquals(after.tensors.get("conv1.kernel"), tensors.get("conv1.kernel"));
    assertEquals(orThrow(await openRunIn({}, out)).config.from?.anew, []);
  });
});
