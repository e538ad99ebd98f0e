import { assertEquals } from "@std/assert";
import { cropFlip, cutout, inOrder } from "../../tasks/data/mod.ts";
import { PRESETS } from "../../tasks/training/presets.ts";
import { curveNote } from "../../tasks/training/run_curves.ts";

Deno.test("curveNote() names all that makes training harder than validation, and nothing else", () => {
  const plain = { ...PRESETS.quick, augment: "none", labelSmoothing: 0 } as const;
  const noteOf = (harder: string) =>
    `training is measured with ${harder}, validation without: ` +
    "training can look the worse of the two";
  assertEquals(curveNote(plain), undefined);
  assertEquals(curveNote({ ...PRESETS.quick, validation: 0 }), undefined);
  assertEquals(curveNote({ ...plain, mixup: 0.2 }), noteOf("images mixed by mixup"));
  assertEquals(curveNote({ ...plain, augment: cutout({ size: 8 }) }), noteOf("squares cut out"));
  const moved = cropFlip({ pad: 4, flip: true });
  // As a configuration holds it: without functions.
  const { name, options } = inOrder(moved, inOrder(cutout({ size: 8 })));
  assertEquals(
    curveNote({ ...plain, augment: { name, options }, cutmix: 1, classWeights: "balanced" }),
    noteOf("augmented images, squares cut out, images mixed by cutmix and weights of classes"),
  );
});
