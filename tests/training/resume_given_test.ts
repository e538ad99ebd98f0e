/** What of one's own is given again when a run is resumed: optimisers, losses, augmentations. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { clip, eachParameter, focal, type Loss, orThrow, sgd } from "../../mod.ts";
import { abs, multiply, scale, subtract } from "../../dsl/graph/arithmetic.ts";
import { mean } from "../../dsl/graph/compose.ts";
import { dirac } from "../../dsl/programs/initializers.ts";
import { cropFlip, inOrder } from "../../tasks/data/augment.ts";
import { evaluate, resume } from "../../tasks/training/mod.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, remainsOf, stopAfter, trainTiny } from "./_runs.ts";

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
