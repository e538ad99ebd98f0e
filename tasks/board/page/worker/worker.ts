/// <reference lib="deno.worker" />
/**
 * The worker of the page, where engines compute while the page stays awake. `deno task generate`
 * bundles it into `_engine.js.ts`; the page loads it when something is to be computed.
 */
import type { Engine } from "../../../../dsl/engines/engine.ts";
import { tfjsEngine } from "../../../../dsl/engines/tfjs/engine.ts";
import { orThrow, type Problem, problemAt, ProblemError } from "../../../fp.ts";
import type { Asked, Backend, TrainTold, TryTold } from "./messages.ts";
import { trainHere } from "./training.ts";
import { openedOf, openTrying, secondsOf, trained, tried, type Trying } from "./trying.ts";

/** Where the binary of the wasm engine is, beside this script. */
const WASM_FILES = "wasm";

let backend: Backend = "auto";
let opened: Engine | undefined;
let open: Trying | undefined;
let work = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  work = work.then(() => answer(data));
};

const tell = (told: TrainTold | TryTold): void => self.postMessage(told);

async function answer(asked: Asked): Promise<void> {
  try {
    await doing(asked);
  } catch (error) {
    const problems = error instanceof ProblemError ? error.problems : [broken(error)];
    tell(
      asked.kind === "look"
        ? { kind: "unseen", id: asked.id, problems }
        : { kind: "problems", problems },
    );
  }
}

async function doing(asked: Asked): Promise<void> {
  switch (asked.kind) {
    case "engine":
      backend = asked.backend;
      return;
    case "train": {
      const engine = await theEngine();
      tell({ kind: "engine", engine: engine.description });
      return orThrow(await trainHere(asked.settings, engine, tell));
    }
    case "open": {
      const network = orThrow(await trained(asked.address, asked.named));
      const engine = await theEngine();
      open?.close();
      open = openTrying(network, engine);
      return tell({ kind: "opened", opened: openedOf(network, engine) });
    }
    case "measure": {
      // As with a picture.
      if (open === undefined) return;
      return tell({ kind: "measured", seconds: orThrow(await secondsOf(open)) });
    }
    case "look": {
      // Why there is no network was told when it was to be opened.
      if (open === undefined) return;
      return tell({ kind: "seen", id: asked.id, tried: orThrow(await tried(open, asked.file)) });
    }
  }
}

/** The engine, which is opened when it is needed first. */
async function theEngine(): Promise<Engine> {
  return opened ??= orThrow(await tfjsEngine({ backend, wasmFiles: WASM_FILES }));
}

function broken(error: unknown): Problem {
  return problemAt({ path: "", layer: "engine", code: "engine-failed" }, {
    rule: "the engine must compute",
    got: `${error}`,
    wanted: "numbers",
    hint: "load the page anew, and try again",
  });
}
