import { assertEquals } from "@std/assert";
import { INTERRUPTED, onInterrupt, type Signals } from "../../tasks/terminal/interrupt.ts";

interface FakeSignals extends Signals {
  /** Sends a signal. */
  readonly send: (signal: Deno.Signal) => void;
  /** The exits that were asked for. */
  readonly exits: number[];
  /** The listeners that are in place. */
  readonly listeners: Map<Deno.Signal, () => void>;
}

function fakeSignals(): FakeSignals {
  const listeners = new Map<Deno.Signal, () => void>();
  const exits: number[] = [];
  return {
    exits,
    listeners,
    send: (signal) => listeners.get(signal)?.(),
    addSignalListener: (signal, handler) => void listeners.set(signal, handler),
    removeSignalListener: (signal) => void listeners.delete(signal),
    exit: (code) => void exits.push(code),
  };
}

Deno.test("onInterrupt() asks to stop on the first Ctrl-C and ends the process on the second", async () => {
  const system = fakeSignals();
  let [calls, time] = [0, 0];
  using interrupt = onInterrupt(() => void calls++, system, () => time);
  assertEquals([interrupt.requested, await interrupt.poll()], [false, false]);
  system.send("SIGINT");
  assertEquals([interrupt.requested, await interrupt.poll()], [true, true]);
  assertEquals([calls, system.exits], [1, []]);
  // The terminal and deno task both send one press of the keys.
  time = 3;
  system.send("SIGINT");
  assertEquals([calls, system.exits], [1, []]);
  time = 1000;
  system.send("SIGINT");
  assertEquals([calls, system.exits], [1, [INTERRUPTED]]);
});

Deno.test("onInterrupt() gives the signals back when it is disposed of, once or twice", () => {
  const system = fakeSignals();
  const interrupt = onInterrupt(() => {}, system);
  interrupt.dispose();
  interrupt[Symbol.dispose]();
  assertEquals(system.listeners.size, 0);
});

/** Starts a script that watches for Ctrl-C, and waits until it does. */
async function child(loop: string): Promise<{
  readonly process: Deno.ChildProcess;
  readonly reader: ReadableStreamDefaultReader<string>;
}> {
  const module = new URL("../../tasks/terminal/interrupt.ts", import.meta.url).href;
  const code = `import { onInterrupt } from ${JSON.stringify(module)};
    const interrupt = onInterrupt(() => console.log("stopping"));
    console.log("ready");
    ${loop}`;
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--no-check", `data:text/typescript,${encodeURIComponent(code)}`],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  assertEquals((await reader.read()).value, "ready\n");
  return { process, reader };
}

Deno.test({
  name: "onInterrupt() lets a busy loop that polls finish, in a real process",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { process, reader } = await child(`
      while (!(await interrupt.poll())) { for (let i = 0; i < 1e6; i++); }
      console.log("saved");`);
    process.kill("SIGINT");
    let output = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      output += part.value;
    }
    assertEquals(output, "stopping\nsaved\n");
    assertEquals((await process.status).code, 0);
  },
});

Deno.test({
  name: "onInterrupt() ends a real process with 130 on the second signal",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const { process, reader } = await child(`
      while (true) { await interrupt.poll(); }`);
    process.kill("SIGTERM");
    assertEquals((await reader.read()).value, "stopping\n");
    await new Promise((resolve) => setTimeout(resolve, 600));
    process.kill("SIGINT");
    assertEquals((await process.status).code, INTERRUPTED);
    await reader.cancel();
  },
});
