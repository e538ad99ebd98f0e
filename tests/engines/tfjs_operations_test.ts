/** Every operation on every backend against the float64 reference. */
import { assertEquals } from "@std/assert";
import { testBackends } from "./_backends.ts";
import { CASES } from "./_cases.ts";
import { faults } from "./_compare.ts";

testBackends("tfjs computes what the reference does", async (engine, test) => {
  for (const [op, cases] of Object.entries(CASES)) {
    await test.step(op, async () => {
      const found: string[] = [];
      for (const one of cases) found.push(...await faults(engine, one));
      assertEquals(found, []);
    });
  }
});
