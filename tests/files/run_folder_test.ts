import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { fail, right } from "../../dsl/problem/result.ts";
import { appendMetrics, readMetrics, truncateMetrics } from "../../tasks/files/metrics.ts";
import {
  createRun,
  nextRunFolder,
  openRun,
  removeLeftovers,
} from "../../tasks/files/run_folder.ts";
import { namesIn, withFolder } from "./_folder.ts";
import { problemOf } from "./_problem.ts";

Deno.test("createRun() makes the folder and those above it, and openRun() reads it", () =>
  withFolder(async (base) => {
    const folder = join(base, "runs", "a-1");
    const run = orThrow(await createRun(folder, { epochs: 3, net: ["a"] }));
    assertEquals(await namesIn(folder), ["config.json"]);
    const opened = orThrow(await openRun(folder, right));
    assertEquals(opened, { run, config: { epochs: 3, net: ["a"] } });
  }));

Deno.test("createRun() takes an empty folder", () =>
  withFolder(async (folder) => {
    assertEquals((await createRun(folder, {}))._tag, "Right");
  }));

Deno.test("createRun() refuses an existing run and says how to go on", () =>
  withFolder(async (folder) => {
    orThrow(await createRun(folder, { epochs: 1 }));
    const { rule, hint } = problemOf(await createRun(folder, { epochs: 2 }));
    assertEquals(rule, "a run must not be written over");
    assertStringIncludes(hint, `--resume ${folder}`);
    assertStringIncludes(hint, "--out");
    assertEquals(orThrow(await openRun(folder, right)).config, { epochs: 1 });
  }));

Deno.test("createRun() refuses a folder with other files in it, and a file", () =>
  withFolder(async (folder) => {
    const file = join(folder, "thesis.tex");
    await Deno.writeTextFile(file, "");
    const { rule, got } = problemOf(await createRun(folder, {}));
    assertEquals(rule, "the folder of a new run must be empty");
    assertStringIncludes(got, `"thesis.tex"`);
    assertEquals((await createRun(file, {}))._tag, "Left");
    assertEquals(await namesIn(folder), ["thesis.tex"]);
  }));

Deno.test("openRun() reports a folder that is not a run's and a configuration that is not one", () =>
  withFolder(async (folder) => {
    const problem = async () => problemOf(await openRun(folder, right));
    assertEquals((await problem()).rule, "the folder must be that of a run");
    const path = join(folder, "config.json");
    await Deno.writeTextFile(path, `{"format": 1, "con`);
    assertEquals((await problem()).rule, "the file must be JSON");
    for (const text of ["[]", "{}", "3", `{"format": 1}`]) {
      await Deno.writeTextFile(path, text);
      const opened = await openRun(folder, right);
      assert(opened._tag === "Left" && opened.left.every(({ code }) => code === "other-run"));
    }
    assertEquals((await problem()).hint, "name the folder of a run, or start a new run");
    await Deno.writeTextFile(path, `{"format": 2, "config": {}}`);
    const { path: where, got, hint } = await problem();
    assertEquals([where, got], [`${path}: format`, "2"]);
    assertEquals(hint, "use the version of netfold that wrote the run");
  }));

Deno.test("openRun() passes on what the parser finds wrong", () =>
  withFolder(async (folder) => {
    orThrow(await createRun(folder, { epochs: "three" }));
    const problem: Problem = {
      path: "epochs",
      layer: "option",
      code: "invalid-number",
      rule: "must be a number",
      got: `"three"`,
      wanted: "a number",
      hint: "",
    };
    assertEquals(
      problemOf(await openRun(folder, () => fail(problem))),
      problem,
    );
  }));

Deno.test("nextRunFolder() gives the first free number and never leaves its base", () =>
  withFolder(async (base) => {
    const next = async (name: string): Promise<string> => orThrow(await nextRunFolder(base, name));
    assertEquals(await next("a"), join(base, "a-1"));
    for (const name of ["a-1", "a-2", "a-4"]) {
      await Deno.mkdir(join(base, name));
    }
    assertEquals(await next("a"), join(base, "a-3"));
    assertEquals(
      await next("cifar/attention-20"),
      join(base, "cifar-attention-20-1"),
    );
    assertEquals(await next("../../etc"), join(base, "etc-1"));
    assertEquals(await next(".."), join(base, "run-1"));
    const unmade = join(base, "not-yet");
    assertEquals(
      orThrow(await nextRunFolder(unmade, "a")),
      join(unmade, "a-1"),
    );
  }));

Deno.test("readMetrics() gives back what appendMetrics() recorded, nothing at first", () =>
  withFolder(async (folder) => {
    const run = orThrow(await createRun(folder, {}));
    assertEquals(orThrow(await readMetrics(run)), []);
    orThrow(await appendMetrics(run, { epoch: 1, loss: 2.5 }));
    orThrow(await appendMetrics(run, { epoch: 2, loss: NaN, note: "a\nb" }));
    assertEquals(orThrow(await readMetrics(run)), [
      { epoch: 1, loss: 2.5 },
      { epoch: 2, loss: null, note: "a\nb" },
    ]);
  }));

Deno.test("readMetrics() drops a torn last line, wherever it was torn", () =>
  withFolder(async (folder) => {
    const run = orThrow(await createRun(folder, {}));
    const whole = `{"epoch":1}\n`;
    const line = new TextEncoder().encode(`{"note":"ä","epoch":2}`);
    for (let length = 0; length < line.length; length++) {
      await Deno.writeTextFile(run.metrics, whole);
      await Deno.writeFile(run.metrics, line.subarray(0, length), {
        append: true,
      });
      assertEquals(orThrow(await readMetrics(run)), [{ epoch: 1 }]);
    }
    await Deno.writeTextFile(run.metrics, `${whole}{"epoch":2}`);
    assertEquals(orThrow(await readMetrics(run)), [{ epoch: 1 }, { epoch: 2 }]);
  }));

Deno.test("readMetrics() names any other line that is not an object", () =>
  withFolder(async (folder) => {
    const run = orThrow(await createRun(folder, {}));
    for (const bad of ["{", "3", ""]) {
      await Deno.writeTextFile(
        run.metrics,
        `{"epoch":1}\n${bad}\n{"epoch":2}\n`,
      );
      assertStringIncludes(problemOf(await readMetrics(run)).got, "line 2");
    }
  }));

Deno.test("truncateMetrics() keeps what is wanted, so that appending can go on", () =>
  withFolder(async (folder) => {
    const run = orThrow(await createRun(folder, {}));
    await Deno.writeTextFile(
      run.metrics,
      `{"epoch":1}\n{"epoch":2}\n{"epoch":3}\n{"ep`,
    );
    orThrow(await truncateMetrics(run, ({ epoch }) => Number(epoch) <= 2));
    orThrow(await appendMetrics(run, { epoch: 3, again: true }));
    assertEquals(orThrow(await readMetrics(run)), [
      { epoch: 1 },
      { epoch: 2 },
      { epoch: 3, again: true },
    ]);
    assertEquals(await namesIn(folder), ["config.json", "metrics.jsonl"]);
  }));

Deno.test("removeLeftovers() removes what a killed write left, and nothing else", () =>
  withFolder(async (folder) => {
    const run = orThrow(await createRun(folder, {}));
    const stale = `.last.safetensors.${crypto.randomUUID()}.tmp`;
    const python = ["last.safetensors.123.tmp", "metrics.jsonl.tmp"];
    for (const name of [stale, ...python, ".notes.tmp", "last.safetensors"]) {
      await Deno.writeTextFile(join(folder, name), "");
    }
    orThrow(await removeLeftovers(run));
    assertEquals(await namesIn(folder), [".notes.tmp", "config.json", "last.safetensors"]);
  }));
