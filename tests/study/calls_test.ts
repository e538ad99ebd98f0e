/** What plain JavaScript gives these functions and does not belong there is named, not thrown. */
import { assertThrows } from "@std/assert";
import { ProblemError } from "../../dsl/problem/throw.ts";
import { publish, readResults, runStudy, study } from "../../tasks/study/mod.ts";
import { evaluate, predict } from "../../tasks/training/mod.ts";
import { assertProblem } from "../data/_results.ts";

const wrong = (value: unknown) => value as never;

Deno.test("a study names what its folder, its seeds and its options cannot be", async () => {
  const given = study("mask");
  assertProblem(await readResults(given, "none", wrong("two")), "study: seeds", "two");
  assertProblem(await readResults(given, "none", 0), "study: seeds", "0");
  assertProblem(await readResults(given, wrong(5), 1), "study: folder", "5");
  assertProblem(await runStudy(wrong({})), "study: study", "study: folder", "study: seeds");
  assertProblem(await runStudy(wrong(undefined)), "study");
  assertProblem(await publish(given, "none", wrong(null)), "study: seeds");
  assertThrows(() => study("mask", { data: wrong(3) }), ProblemError, "study: data");
  assertThrows(() => study("mask", wrong(null)), ProblemError);
});

Deno.test("a study says of a data set that is too small how many images it takes", async () => {
  const small = study("mask", { data: "shapes,count=30,test=10" });
  const folder = await Deno.makeTempDir();
  try {
    assertProblem(
      await runStudy({ study: small, folder, seeds: 1 }),
      "as many training images as its scale takes",
      "got     30",
      "wanted  5000 or more",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("evaluate() and predict() name a folder or an option that is none", async () => {
  assertProblem(await evaluate(wrong(5)), "folder", "5");
  assertProblem(await evaluate("none", wrong(null)), "options", "null");
  assertProblem(await predict("none", [], { weights: wrong("worst") }), "weights");
});
