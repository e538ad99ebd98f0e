/** Getting an engine, its examination, and the report on backends. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { inspectBackends, listBackends, tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import {
  SELF_CHECK,
  selfCheck,
  selfCheckProblems,
  TOLERANCE,
} from "../../dsl/engines/self_check.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { runReference } from "../_reference.ts";
import { testBackends } from "./_backends.ts";

testBackends("selfCheck() passes", async (engine) => {
  const live = engine.liveTensors();
  const lines = await selfCheck(engine);
  assertEquals(lines.map(({ name }) => name), SELF_CHECK.graph.outputs.map(({ name }) => name));
  assertEquals(selfCheckProblems(engine, lines), []);
  assert(lines.every(({ worstRelativeError }) => worstRelativeError <= TOLERANCE));
  assertEquals(engine.liveTensors(), live);
});

testBackends("selfCheckProblems() names the backend that gives zeros or NaN", async (engine) => {
  const lines = await selfCheck(engine);
  const wrong = lines.map((line, i) => ({
    ...line,
    got: line.got.map(() => i === 0 ? NaN : 0),
    worstRelativeError: i === 0 ? NaN : 1,
  }));
  const problems = selfCheckProblems(engine, wrong);
  assertEquals(problems.length, wrong.length);
  assertEquals(problems[0]?.path, engine.backend);
  assertEquals(problems[0]?.layer, "backend");
  assertStringIncludes(problems[1]?.got ?? "", "0, 0, 0, 0");
});

Deno.test("the examination's numbers are the reference's", async () => {
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const { outputs } = runReference(SELF_CHECK.graph, SELF_CHECK.state, SELF_CHECK.inputs);
  for (const { name, wanted } of await selfCheck(engine)) {
    assertEquals([...wanted], [...outputs[name] ?? []].map((x) => x + 0));
  }
  engine.dispose();
});

Deno.test("tfjsEngine() with auto takes no software adapter", async () => {
  const engine = orThrow(await tfjsEngine({ backend: "auto" }));
  assert(!engine.description.includes("software"));
  assertStringIncludes(engine.description, `tfjs ${engine.backend}`);
  engine.dispose();
});

Deno.test("two engines of one backend do not disturb each other", async () => {
  const first = orThrow(await tfjsEngine({ backend: "cpu" }));
  const second = orThrow(await tfjsEngine({ backend: "cpu" }));
  const tensors = new Map([["a", { shape: [2], data: Float32Array.of(1, 2) }]]);
  const mine = first.upload(tensors);
  const other = second.upload(tensors);
  second.dispose();
  assertEquals([...(await first.download(mine)).get("a")?.data ?? []], [1, 2]);
  assertEquals(other.names, ["a"]);
  first.dispose();
});

Deno.test("inspectBackends() reports every backend", async () => {
  const reports = await inspectBackends();
  assertEquals(reports.map(({ name }) => name), [...listBackends()]);
  for (const { name, available, description, checks, problems } of reports) {
    assertStringIncludes(description, name);
    assertEquals(available, problems.length === 0);
    assertEquals(checks.length, available ? 3 : 0);
    assert(problems.every(({ hint }) => hint !== ""));
  }
  assert(reports.some(({ name, available }) => name === "cpu" && available));
});
