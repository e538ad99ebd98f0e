import { assert, assertEquals } from "@std/assert";
import { seedKey, split } from "../../dsl/programs/random.ts";
import { differences } from "./_remains.ts";
import { attemptTrial, undisturbed, WAYS } from "./_trials.ts";

Deno.test("a run that is killed in any way and resumed leaves the same bytes", async (test) => {
  const [plain, cached] = [await undisturbed("wasm", false), await undisturbed("wasm", true)];
  let kills = 0;
  for (const [i, way] of WAYS.entries()) {
    const whole = way.cached ? cached : plain;
    await test.step(way.title, async () => {
      const trial = await attemptTrial("wasm", way, { key: split(seedKey(3), i), whole });
      assertEquals(trial.differences, []);
      kills += trial.kills;
    });
  }
  assert(kills > 0);
});

Deno.test("the comparison sees a byte, a missing file and one too many", () => {
  const file = (...bytes: number[]) => Uint8Array.from(bytes);
  const whole = new Map([["a", file(1, 2)], ["b", file(3)], ["c", file()]]);
  assertEquals(differences(whole, new Map(whole)), []);
  const other = new Map([["a", file(1, 0)], ["c", file()], ["d", file()]]);
  assertEquals(differences(whole, other), ["a", "b", "d"]);
});
