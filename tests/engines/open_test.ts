/**
 * Which engine is opened, and what is said about those that are unavailable. The
 * engines are stand-ins: what is tested is the choice.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { EngineRequest } from "../../dsl/engines/choice.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { openEngine, type Openers } from "../../dsl/engines/open.ts";
import { fail, right } from "../../dsl/problem/result.ts";
import { assertProblem } from "../data/_results.ts";

type Name = "webgpu" | "onnx" | "wasm" | "cpu";

/** A machine: what works on it, and whether it has a graphics card. */
interface Machine {
  readonly works: readonly Name[];
  readonly card?: boolean;
}

const unused = (): never => {
  throw new Error("a stand-in computes nothing");
};

function standIn(name: Name, threads?: number): Engine {
  return {
    description: threads === undefined ? `the ${name}` : `the ${name} with ${threads} threads`,
    backend: name,
    load: unused,
    upload: unused,
    download: unused,
    free: unused,
    liveTensors: unused,
    dispose: unused,
  };
}

/** Opens an engine on a machine; gives the outcome, what was noted, and what was tried. */
async function openOn({ works, card = false }: Machine, request: EngineRequest) {
  const tried: Name[] = [];
  const notes: string[] = [];
  const start = (name: Name, threads?: number) => {
    tried.push(name);
    return Promise.resolve(
      works.includes(name) ? right(standIn(name, threads)) : fail({
        path: name,
        layer: "engine",
        code: "backend-unavailable",
        rule: "it must work",
        got: `a broken ${name}`,
        wanted: "one that works",
        hint: `mend the ${name}`,
      }),
    );
  };
  const openers: Openers = {
    hasGraphicsCard: () => Promise.resolve(card),
    // Automatic choice is openEngine()'s own, so that it can be told of.
    tfjs: ({ backend, threads }) => backend === "auto" ? unused() : start(backend, threads),
    onnx: ({ threads }) => start("onnx", threads),
  };
  const onNote = (line: string) => void notes.push(line);
  const opened = await openEngine(request, { onNote, openers });
  const taken = opened._tag === "Right" ? opened.right.description : undefined;
  return { opened, taken, notes, tried };
}

const ALL: readonly Name[] = ["webgpu", "onnx", "wasm", "cpu"];

Deno.test("openEngine() with auto takes the graphics card, else ONNX Runtime, else wasm, else cpu", async () => {
  const cases: readonly (readonly [machine: Machine, taken: Name, notes: number])[] = [
    [{ works: ALL, card: true }, "webgpu", 0],
    [{ works: ALL }, "onnx", 0],
    [{ works: ["webgpu", "wasm", "cpu"] }, "wasm", 1],
    [{ works: ["onnx", "wasm", "cpu"], card: true }, "onnx", 1],
    [{ works: ["wasm", "cpu"], card: true }, "wasm", 2],
    [{ works: ["cpu"] }, "cpu", 2],
  ];
  for (const [machine, name, count] of cases) {
    for (const request of [{}, { engine: "auto" }, { engine: "auto", backend: "auto" }]) {
      const { taken, notes } = await openOn(machine, request);
      assertEquals([taken, notes.length], [`the ${name}`, count]);
    }
  }
});

Deno.test("openEngine() with auto says in one line what is missing, why, what to do, and which engine is used", async () => {
  const { notes } = await openOn({ works: ["wasm"] }, {});
  assertEquals(notes, [
    "ONNX Runtime cannot be used, the wasm computes instead: a broken onnx (mend the onnx)",
  ]);
});

Deno.test("openEngine() with tfjs never tries ONNX Runtime", async () => {
  const { taken, tried, notes } = await openOn({ works: ALL }, { engine: "tfjs" });
  assertEquals([taken, tried, notes], ["the wasm", ["wasm"], []]);
  const other = await openOn({ works: ["cpu"], card: true }, { engine: "tfjs" });
  assertEquals([other.taken, other.tried], ["the cpu", ["webgpu", "wasm", "cpu"]]);
});

Deno.test("openEngine() opens what is named and nothing else", async () => {
  const requests: readonly (readonly [request: EngineRequest, name: Name])[] = [
    [{ engine: "onnx" }, "onnx"],
    [{ backend: "webgpu" }, "webgpu"],
    [{ engine: "tfjs", backend: "wasm" }, "wasm"],
    [{ engine: "auto", backend: "cpu" }, "cpu"],
  ];
  for (const [request, name] of requests) {
    const there = await openOn({ works: ALL, card: true }, request);
    assertEquals([there.taken, there.tried, there.notes], [`the ${name}`, [name], []]);
    const without = { works: ALL.filter((other) => other !== name), card: true };
    const missing = await openOn(without, request);
    assertProblem(missing.opened, `a broken ${name}`, `mend the ${name}`);
    assertEquals([missing.tried, missing.notes], [[name], []]);
  }
});

Deno.test("openEngine() gives every engine's problem when none works", async () => {
  const { opened, notes } = await openOn({ works: [] }, {});
  assertProblem(opened, "a broken onnx", "a broken wasm", "a broken cpu");
  assertEquals(notes, []);
});

Deno.test("openEngine() gives threads to ONNX Runtime or wasm, and says when another engine leaves them unused", async () => {
  const requests: readonly (readonly [request: EngineRequest, name: Name])[] = [
    [{ engine: "onnx" }, "onnx"],
    [{ backend: "wasm" }, "wasm"],
    [{ engine: "tfjs" }, "wasm"],
  ];
  for (const [request, name] of requests) {
    const { taken, notes } = await openOn({ works: ALL }, { ...request, threads: 3 });
    assertEquals([taken, notes], [`the ${name} with 3 threads`, []]);
  }
  assertEquals((await openOn({ works: ALL }, { threads: 3 })).notes, []);
  const { taken, notes } = await openOn({ works: ALL, card: true }, { threads: 3 });
  assertEquals([taken, notes.length], ["the webgpu", 1]);
  assertStringIncludes(notes[0] ?? "", "threads are ONNX Runtime's and wasm's");
});

Deno.test("openEngine() names every mistake of a request and tries nothing", async () => {
  const { opened, tried } = await openOn({ works: ALL }, {
    engine: "onx",
    backend: "wsm",
    threads: -1,
  });
  assertProblem(opened, 'did you mean "onnx"?', 'did you mean "wasm"?', "at least one thread");
  assertEquals(tried, []);
});

Deno.test("a graphics card that is asked for and only imitated is said to be slow", async () => {
  const imitated = await openOn({ works: ALL }, { backend: "webgpu" });
  assertEquals([imitated.taken, imitated.notes.length], ["the webgpu", 1]);
  const real = await openOn({ works: ALL, card: true }, { backend: "webgpu" });
  assertEquals([real.taken, real.notes], ["the webgpu", []]);
});
