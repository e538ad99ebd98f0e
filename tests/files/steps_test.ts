import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { orThrow } from "../../mod.ts";
import { runAt } from "../../tasks/files/run_folder.ts";
import { appendSteps, readSteps, type StepRecord, truncateSteps } from "../../tasks/files/steps.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "./_folder.ts";

const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((x) => x === 0 ? 0 : x);
const records = fc.array(
  fc.record(
    { loss: float, rate: float, seconds: float, accuracy: float, gradientNorm: float },
    { requiredKeys: ["loss", "rate", "seconds"] },
  ),
  { maxLength: 6 },
).map((all) => all.map((one, i): StepRecord => ({ step: i + 1, epoch: 1 + (i >> 1), ...one })));

Deno.test("steps are read as float32 as they were kept, and cut where a run resumes", async () => {
  await withFolder(async (folder) => {
    const run = runAt(folder);
    const cut = fc.tuple(fc.nat(7), fc.nat(7));
    const law = fc.asyncProperty(records, cut, async (steps, [first, last]) => {
      await Deno.writeTextFile(run.steps, "");
      orThrow(await appendSteps(run, steps.slice(0, first)));
      orThrow(await appendSteps(run, steps.slice(first)));
      const read = orThrow(await readSteps(run));
      assertEquals(read.map(rounded), steps.map(rounded));
      // A kill has torn the last line.
      await Deno.writeTextFile(run.steps, "9,3,0.1", { append: true });
      orThrow(await truncateSteps(run, last));
      assertEquals(orThrow(await readSteps(run)), read.slice(0, last));
    });
    await fc.assert(law, { numRuns: 30 });
  });
});

const rounded = (step: StepRecord) =>
  Object.entries(step).map(([name, value]) => [name, Math.fround(value)]);

Deno.test("a run without steps has none, and a line that is none is named", async () => {
  await withFolder(async (folder) => {
    const run = runAt(folder);
    assertEquals(await readSteps(run), { _tag: "Right", right: [] });
    const step = { step: 1, epoch: 1, loss: 2, rate: 0.1, seconds: 1 };
    orThrow(await appendSteps(run, [step]));
    const text = await Deno.readTextFile(run.steps);
    for (const line of ["2,1,x,,0.1,,1", "2,1,,,0.1,,1", "2,1", "", "1,1,2,,0.1,,1"]) {
      await Deno.writeTextFile(run.steps, `${text}${line}\n`);
      assertProblem(await readSteps(run), "steps.csv", "line 3");
    }
    await Deno.writeTextFile(run.steps, "step,loss\n1,2\n");
    assertProblem(await truncateSteps(run, 5), "steps.csv", "line 1");
  });
});
