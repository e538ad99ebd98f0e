/**
 * A run that dies at any moment, in the midst of its files, and is resumed ends
 * as one that never died. A death is an error out of a hook, a copy of the
 * folder between two instructions, or a real SIGKILL.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { resume, type TrainWatch } from "../../tasks/training/mod.ts";
import { withFolder } from "../files/_folder.ts";
import { assertProblem } from "../data/_results.ts";
import { testEngines } from "./_engines.ts";
import { bands, engine, remainsOf, type RunChanges, trainTiny } from "./_runs.ts";
import { LONG } from "./_victim.ts";

class Death extends Error {}

/** Does something at the `count`-th call, and nothing before. */
function at(count: number, act: () => void): () => void {
  let calls = 0;
  return () => {
    if (++calls === count) act();
  };
}

const die = (): never => {
  throw new Death();
};

/** An engine that dies when a state is read for the `count`-th time: to check it or to save it. */
function mortal(engine: Engine, count: number): Engine {
  const strike = at(count, die);
  return {
    description: engine.description,
    backend: engine.backend,
    load: (graph) => engine.load(graph),
    upload: (tensors) => engine.upload(tensors),
    download: (state) => {
      strike();
      return engine.download(state);
    },
    free: (state) => engine.free(state),
    liveTensors: () => engine.liveTensors(),
    dispose: () => {},
  };
}

const DEATHS:
  readonly (readonly [moment: string, watch: (engine: Engine) => RunChanges["watch"]])[] = [
    ["after the first step", () => ({ onStep: at(1, die) })],
    ["after a step within an epoch", () => ({ onStep: at(6, die) })],
    ["after a checkpoint within an epoch", () => ({ saveEvery: 0, onStep: at(7, die) })],
    ["after an epoch's last step", () => ({ onStep: at(8, die) })],
    ["after the last step", () => ({ onStep: at(12, die) })],
    ["when asked to stop", () => ({ interrupted: () => die() })],
    ["between metrics and checkpoint", () => ({ onEpoch: at(1, die) })],
    ["between the last metrics and the last checkpoint", () => ({ onEpoch: at(3, die) })],
    ...[1, 2, 3, 4, 6].map((count) =>
      [
        `when a state is read for time ${count}`,
        (engine: Engine) => ({ engine: mortal(engine, count) }),
      ] as const
    ),
  ];

testEngines("resume() ends as if nothing had happened when a run died", async (engine, test) => {
  await withFolder(async (folder) => {
    await trainTiny(join(folder, "whole"), { watch: { engine } });
    const wanted = await remainsOf(join(folder, "whole"));
    for (const [i, [moment, watch]] of DEATHS.entries()) {
      await test.step(moment, async () => {
        const out = join(folder, `run${i}`);
        const live = engine.liveTensors();
        await assertRejects(() => trainTiny(out, { watch: { engine, ...watch(engine) } }), Death);
        assertEquals(engine.liveTensors(), live);
        orThrow(await resume(out, { engine, dataset: bands }));
        assertEquals(await remainsOf(out), wanted);
      });
    }
  });
});

/** Every file of a folder, read without giving way to anything else. */
function snapshot(folder: string): ReadonlyMap<string, Uint8Array> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return new Map(names.flatMap((name) => {
    try {
      return [[name, Deno.readFileSync(join(folder, name))] as const];
    } catch {
      // A temporary file that another thread has just renamed.
      return [];
    }
  }));
}

/** What tells one snapshot from another: the sizes and the content, roughly. */
const fingerprint = (files: ReadonlyMap<string, Uint8Array>): string =>
  [...files].map(([name, bytes]) => {
    const kind = name.replace(/[0-9a-f-]{36}/, "");
    return `${kind} ${bytes.length} ${bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 0)}`;
  }).filter((line) => !line.includes("curves")).join("\n");

Deno.test("resume() ends as if nothing had happened from a copy made at any moment", async () => {
  await withFolder(async (folder) => {
    const whole = join(folder, "whole");
    const copies = new Map<string, ReadonlyMap<string, Uint8Array>>();
    let watching = true;
    const copy = () => {
      const files = snapshot(whole);
      if (files.has("config.json")) copies.set(fingerprint(files), files);
    };
    const copyOn = () => {
      copy();
      if (watching) setTimeout(copyOn, 0);
    };
    const watch: TrainWatch = {
      saveEvery: 0,
      onStart: copyOn,
      onStep: copy,
      onEpoch: copy,
      interrupted: () => {
        copy();
        return false;
      },
    };
    await trainTiny(whole, { watch });
    watching = false;
    await new Promise((resolve) => setTimeout(resolve, 1));
    const wanted = await remainsOf(whole);
    assert(copies.size > 15, `${copies.size} different copies`);
    for (const files of copies.values()) {
      const out = await Deno.makeTempDir({ dir: folder });
      for (const [name, bytes] of files) await Deno.writeFile(join(out, name), bytes);
      orThrow(await resume(out, { engine, dataset: bands }));
      assertEquals(await remainsOf(out), wanted);
      await Deno.remove(out, { recursive: true });
    }
  });
});

/** Runs the victim until it has printed the line, then kills it. */
async function killAt(line: string, folder: string): Promise<void> {
  const victim = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "-A", new URL("_victim.ts", import.meta.url).href, folder],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let printed = "";
  for await (const text of victim.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (printed.includes(`${line}\n`)) break;
  }
  victim.kill("SIGKILL");
  const { signal } = await victim.status;
  assertEquals(signal, "SIGKILL", printed);
}

Deno.test("resume() ends as if nothing had happened after real SIGKILLs", async () => {
  await withFolder(async (folder) => {
    const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
    await trainTiny(whole, { recipe: LONG });
    await killAt("step 10", killed);
    await killAt("step 31", killed);
    orThrow(await resume(killed, { engine, dataset: bands }));
    assertEquals(await remainsOf(killed), await remainsOf(whole));
  });
});

const FILES = ["last.safetensors", "best.safetensors", "metrics.jsonl", "steps.csv", "curves.svg"];

Deno.test("a file that cannot be written stops the run with a problem, and the run can go on", async () => {
  await withFolder(async (folder) => {
    const whole = join(folder, "whole");
    await trainTiny(whole);
    for (const name of FILES) {
      const out = join(folder, name);
      const inTheWay = join(out, name);
      const watch = { onStart: () => Deno.mkdirSync(join(inTheWay, "full"), { recursive: true }) };
      const live = engine.liveTensors();
      const error = await assertRejects(() => trainTiny(out, { watch }), Error);
      assert(error.message.includes(name), error.message);
      assertEquals(engine.liveTensors(), live);
      await Deno.remove(inTheWay, { recursive: true });
      orThrow(await resume(out, { engine, dataset: bands }));
      assertEquals(await remainsOf(out), await remainsOf(whole));
    }
    assertProblem(
      await resume(join(folder, "none"), { engine }),
      "the folder must be that of a run",
    );
  });
});
