import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  accuracyOf,
  classScores,
  confusionOf,
  countAt,
  imagesOf,
  rowSums,
  worstConfusions,
} from "../../tasks/charts/confusion.ts";
import {
  confusionText,
  perClassText,
  worstConfusionsText,
} from "../../tasks/charts/confusion_text.ts";
import { displayWidth } from "../../tasks/terminal/width.ts";

const ANIMALS = ["cat", "dog", "frog"];
const MATRIX = confusionOf([0, 0, 0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 1, 2, 2, 2], 3);

/** Labels and predictions of some images. */
const answers = fc.integer({ min: 1, max: 40 }).chain((classes) => {
  const list = fc.array(
    fc.tuple(fc.nat(classes - 1), fc.nat(classes - 1)),
    { maxLength: 60 },
  );
  return list.map((pairs) => ({
    classes,
    labels: pairs.map(([label]) => label),
    predictions: pairs.map(([, prediction]) => prediction),
  }));
});

function namesOf(classes: number): readonly string[] {
  return Array.from({ length: classes }, (_, i) => `class ${i}`);
}

Deno.test("confusionOf() has the class counts as its row sums, for any answers", () => {
  fc.assert(fc.property(answers, ({ classes, labels, predictions }) => {
    const matrix = confusionOf(labels, predictions, classes);
    const counts = namesOf(classes).map((_, i) => labels.filter((label) => label === i).length);
    assertEquals(rowSums(matrix), counts);
    assertEquals(imagesOf(matrix), labels.length);
    const right = labels.filter((label, i) => label === predictions[i]).length;
    assertEquals(accuracyOf(matrix), right / labels.length);
  }));
});

Deno.test("confusionOf() puts the truth in rows and the prediction in columns", () => {
  assertEquals([countAt(MATRIX, 0, 1), countAt(MATRIX, 1, 0)], [2, 0]);
});

Deno.test("confusionOf() refuses lists of different length and numbers that are not classes", () => {
  assertThrows(() => confusionOf([0], [], 2), RangeError, "0 predictions against 1 labels");
  for (const bad of [2, -1, 0.5, NaN]) {
    assertThrows(() => confusionOf([0, bad], [0, 0], 2), RangeError, "image 1");
  }
});

Deno.test("worstConfusions() lists every error once, the most frequent first", () => {
  assertEquals(worstConfusions(MATRIX, ANIMALS, 10), [
    { truth: "cat", predicted: "dog", count: 2, share: 0.5 },
    { truth: "dog", predicted: "frog", count: 1, share: 0.5 },
  ]);
  assertEquals(worstConfusions(MATRIX, ANIMALS, 1).length, 1);
  fc.assert(fc.property(answers, ({ classes, labels, predictions }) => {
    const matrix = confusionOf(labels, predictions, classes);
    const worst = worstConfusions(matrix, namesOf(classes), Infinity);
    const errors = labels.filter((label, i) => label !== predictions[i]).length;
    assertEquals(worst.reduce((sum, { count }) => sum + count, 0), errors);
    for (const [i, { count }] of worst.entries()) {
      assert(count <= (worst[i - 1]?.count ?? Infinity));
    }
  }));
});

Deno.test("classScores() computes recall, precision and F1", () => {
  const [cat, dog] = classScores(MATRIX, ANIMALS);
  assertEquals(cat, {
    name: "cat",
    images: 4,
    predicted: 2,
    correct: 2,
    recall: 0.5,
    precision: 1,
    f1: 2 / 3,
  });
  assertEquals([dog?.recall, dog?.precision, dog?.f1], [1 / 2, 1 / 3, 0.4]);
});

Deno.test("the reports refuse names that do not match the classes", () => {
  assertThrows(() => worstConfusions(MATRIX, ["cat"], 1), RangeError);
  assertThrows(() => classScores(MATRIX, ["cat"]), RangeError);
  assertThrows(() => confusionText(MATRIX, ["cat"]), RangeError);
});

Deno.test("confusionText() shows every class where there is room", () => {
  assertEquals(
    confusionText(MATRIX, ANIMALS),
    [
      "accuracy 62.50 % of 8 images; rows: truth, columns: prediction",
      "",
      "      cat  dog  frog",
      "----  ---  ---  ----",
      "cat     2    2     0",
      "dog     0    1     1",
      "frog    0    0     2",
    ].join("\n"),
  );
});

Deno.test("confusionText() sums up the classes that do not fit, and loses no image", () => {
  fc.assert(
    fc.property(answers, fc.integer({ min: 36, max: 90 }), (given, columns) => {
      const { classes, labels, predictions } = given;
      const matrix = confusionOf(labels, predictions, classes);
      const lines = confusionText(matrix, namesOf(classes), { columns }).split("\n");
      for (const line of lines) assert(displayWidth(line) <= columns, line);
      const rule = lines.findIndex((line) => line.startsWith("--"));
      const label = lines[rule]?.indexOf(" ") ?? 0;
      const numbers = lines.slice(rule + 1).flatMap((row) => row.slice(label).match(/\d+/g) ?? []);
      assertEquals(numbers.reduce((sum, number) => sum + Number(number), 0), labels.length);
    }),
    { numRuns: 50 },
  );
});

Deno.test("confusionText() numbers the classes whose names cannot be told apart", () => {
  const names = Array.from({ length: 40 }, (_, i) => `superclass_${i}`);
  const labels = names.map((_, i) => i);
  const text = confusionText(confusionOf(labels, labels.map((i) => i ^ 1), 40), names);
  assertStringIncludes(text, "of 40 classes with the most errors");
  assertStringIncludes(text, "\n0 superclass_0 ");
  assertStringIncludes(text, "\n+ other");
});

Deno.test("classes of long names are told apart in narrow tables", () => {
  const middles = ["one", "two", "six"].map((word) => `${"a".repeat(30)}${word}${"b".repeat(30)}`);
  const ends = ["one", "two", "six"].map((word) => `${"a".repeat(60)}${word}`);
  for (const names of [middles, ends]) {
    for (const text of [worstConfusionsText, perClassText]) {
      const rows = text(MATRIX, names, { columns: 60 }).split("\n").slice(2, 5);
      const firsts = rows.map((row) => row.split(/  +/)[0]);
      assertEquals(new Set(firsts).size, text === perClassText ? 3 : 2, rows.join("\n"));
      for (const row of rows) assert(displayWidth(row) <= 60, row);
    }
  }
});

Deno.test("worstConfusionsText() and perClassText() are tables within the width", () => {
  assertStringIncludes(
    worstConfusionsText(MATRIX, ANIMALS),
    "cat    dog             2        50.0 %",
  );
  assertEquals(worstConfusionsText(confusionOf([0], [0], 1), ["cat"]), "no confusions");
  assertStringIncludes(perClassText(MATRIX, ANIMALS), "all         8   62.50 %");
  const long = ANIMALS.map((name) => name.repeat(20));
  for (
    const text of [worstConfusionsText(MATRIX, long, { columns: 60 }), perClassText(MATRIX, long)]
  ) {
    for (const line of text.split("\n")) assert(displayWidth(line) <= 80);
  }
});
