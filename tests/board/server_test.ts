/** The board's server: it answers its own page alone, reads only, and no path leaves the runs' folder. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { answer } from "../../tasks/board/_answer.ts";
import { readOn, START } from "../../tasks/board/_recorded.ts";
import type { BoardRuns, KeptPictures, Recorded, RunDetails } from "../../tasks/board/wire.ts";
import { keptName, keptNamed } from "../../tasks/evaluate/kept_name.ts";
import { PRETRAINED_NAMES } from "../../tasks/networks/pretrained.ts";
import { pretrainedPath } from "../../tasks/training/pretrained.ts";
import { withFolder } from "../files/_folder.ts";
import { inFolder, program } from "../tasks/_task.ts";
import { makeRun, writeEpoch, writeTest } from "./_board.ts";

const PORT = 8731;
const HOME = `http://127.0.0.1:${PORT}`;

/** What the board of a folder answers to a request. */
function asked(
  root: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<Response> {
  const host = { host: `127.0.0.1:${PORT}` };
  const request = new Request(`${HOME}${path}`, { method, headers: { ...host, ...headers } });
  return answer(request, root, PORT);
}

async function json<A>(root: string, path: string): Promise<A> {
  const answered = await asked(root, path);
  assertEquals(answered.status, 200);
  return await answered.json();
}

/** What it answers to a path that it refuses. */
async function refused(root: string, path: string): Promise<string> {
  const answered = await asked(root, path);
  assertEquals(answered.status, 404, path);
  return await answered.text();
}

Deno.test("a page from elsewhere is refused, by its Host or by its Origin", async () => {
  await withFolder(async (root) => {
    const status = async (...given: Parameters<typeof asked>) => {
      const answered = await asked(...given);
      await answered.body?.cancel();
      return answered.status;
    };
    for (const path of ["/", "/page.js", "/api/runs", "/api/follow"]) {
      for (
        const host of ["evil.example", `evil.example:${PORT}`, "127.0.0.1", "127.0.0.1:80", ""]
      ) {
        assertEquals(await status(root, path, { host }), 403, `${host}${path}`);
      }
      for (
        const origin of [
          "http://evil.example",
          "null",
          "http://127.0.0.1:80",
          `https://localhost:${PORT}`,
        ]
      ) {
        assertEquals(await status(root, path, { origin }), 403, `${origin} ${path}`);
      }
      assertEquals(await status(root, path, { origin: HOME }), 200);
      assertEquals(await status(root, path, { host: `localhost:${PORT}` }), 200);
      assertEquals(await status(root, path, {}, "POST"), 405);
    }
    const cross = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    assertEquals(await status(root, "/api/runs", cross), 403);
    assertEquals(await status(root, "/", { ...cross, "sec-fetch-mode": "navigate" }), 200);
    assertEquals(await status(root, "/api/../deno.json"), 404);
    assertEquals(await status(root, "/constructor"), 404);
  });
});

Deno.test("every answer forbids code and addresses from elsewhere", async () => {
  await withFolder(async (root) => {
    for (
      const path of ["/", "/page.css", "/engine.js", "/api/runs", "/api/run?run=x", "/nowhere"]
    ) {
      const { headers, body } = await asked(root, path);
      await body?.cancel();
      const policy = headers.get("content-security-policy") ?? "";
      assertStringIncludes(policy, "default-src 'none'");
      assertStringIncludes(policy, "frame-ancestors 'none'");
      assertEquals(policy.includes("worker-src blob:"), path === "/engine.js", path);
      assertEquals(headers.get("cross-origin-embedder-policy"), "require-corp");
      assert(!/unsafe-inline|'unsafe-eval'|https?:|\*/.test(policy), policy);
      assertEquals(headers.get("x-content-type-options"), "nosniff");
      assertStringIncludes(headers.get("permissions-policy") ?? "", "camera=(self), display-");
    }
    // What runs code may do that and nothing else, whether headers reach the page or not.
    const code = await asked(root, "/code.html");
    const policy = "default-src 'none'; script-src 'unsafe-eval'; worker-src blob:";
    assertEquals(
      code.headers.get("content-security-policy"),
      `${policy}; frame-ancestors 'self'`,
    );
    assertStringIncludes(
      await code.text(),
      `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    );
    const page = await (await asked(root, "/")).text();
    assert(!/<script(?![^>]* src="page.js")|style=|\son[a-z]+=|https?:/.test(page), page);
  });
});

Deno.test("no name of a run leads out of the runs' folder", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "runs");
    const outside = await makeRun(join(folder, "outside"), { name: "secret" });
    await writeEpoch(outside, 1);
    const inside = await makeRun(join(root, "inside"));
    await Deno.symlink(outside.folder, join(root, "link"));
    const linked = await makeRun(join(root, "linked"));
    await Deno.symlink(outside.metrics, linked.metrics);
    await Deno.symlink(outside.steps, linked.steps);
    await Deno.writeTextFile(outside.best, "secret");
    await Deno.writeTextFile(join(outside.folder, "confusion.svg"), "secret");
    await Deno.symlink(outside.best, inside.best);
    await Deno.writeTextFile(join(outside.folder, "masks.jsonl"), '{"pictures":["secret"]}\n');
    await Deno.symlink(join(outside.folder, "masks.jsonl"), join(inside.folder, "masks.jsonl"));
    assert(!(await refused(root, "/api/masks?run=inside")).includes("secret"));
    assert(!(await refused(root, "/api/checkpoint?run=inside")).includes("secret"));
    const names = [
      "../outside",
      "inside/../../outside",
      outside.folder,
      "link",
      "linked",
      "nothing",
    ]
      .concat("..\\outside", "inside\0", "", "../runs-other");
    for (const name of names) {
      const run = encodeURIComponent(name);
      for (
        const path of [
          `/api/run?run=${run}`,
          `/api/recorded?run=${run}`,
          `/api/checkpoint?run=${run}`,
          `/api/checkpoint?pretrained=${run}`,
          `/api/masks?run=${run}`,
          `/api/pictures?run=${run}`,
          `/api/picture?run=${run}&name=confusion.svg`,
        ]
      ) {
        assert(!(await refused(root, path)).includes("secret"), path);
      }
    }
    const { runs, problems } = await json<BoardRuns>(root, "/api/runs");
    assertEquals(runs.map(({ id }) => id), ["inside"]);
    assertEquals(problems.map(({ path }) => path), ["linked"]);
    assertEquals((await json<RunDetails>(root, "/api/run?run=inside")).run.id, "inside");
    assertEquals((await json<Recorded>(inside.folder, "/api/recorded?run=.")).id, ".");
  });
});

Deno.test("the page is given checkpoints of runs, pretrained ones, and the engine's binary", async () => {
  await withFolder(async (root) => {
    const run = await makeRun(join(root, "a"));
    const [name = "", other = ""] = PRETRAINED_NAMES;
    const fileOf = async (name: string) =>
      join(orThrow(await pretrainedPath(name)), "best.safetensors");
    await Deno.copyFile(await fileOf(name), run.best);
    await Deno.copyFile(await fileOf(other), run.last);
    const bytes = async (path: string) => {
      const answered = await asked(root, path);
      assertEquals(answered.status, 200, path);
      return await answered.bytes();
    };
    const best = await Deno.readFile(run.best);
    assertEquals(await bytes("/api/checkpoint?run=a"), best);
    assertEquals(await bytes("/api/checkpoint?run=a&weights=last"), await Deno.readFile(run.last));
    assertEquals(await bytes(`/api/checkpoint?pretrained=${name}`), best);
    await Deno.writeFile(run.last, best.with(best.length - 9, 1));
    assertStringIncludes(await refused(root, "/api/checkpoint?run=a&weights=last"), "checksum");
    const binary = await bytes("/wasm/tfjs-backend-wasm-simd.wasm");
    assert(WebAssembly.validate(binary));
    assertStringIncludes(await refused(root, "/api/checkpoint?run=a&weights=lst"), "last");
    await Deno.remove(run.best);
    assertStringIncludes(await refused(root, "/api/checkpoint?run=a"), "best.safetensors");
    const constructor = await refused(root, "/api/checkpoint?pretrained=constructor");
    assertStringIncludes(constructor, "unknown-name");
  });
});

Deno.test("the page is given the pictures that evaluate keeps of a run, and no other file of it", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "it's runs");
    const run = await makeRun(join(root, "a"));
    const kept = () => json<KeptPictures>(root, "/api/pictures?run=a");
    assertEquals(await kept(), { pictures: [], scores: [], confused: [] });

    // Without pictures there is the command that draws them, for a shell.
    await Deno.writeTextFile(run.best, "weights");
    const { command = "" } = await kept();
    assert(command.endsWith(` evaluate '${run.folder.replaceAll("'", "'\\''")}'`), command);

    const file = (name: string) => join(run.folder, name);
    const given = { run: run.folder, format: "text" } as const;
    const drawn = [
      keptName("mistakes", { ...given, split: "validation", weights: "last" }),
      keptName("mistakes", given),
      keptName("confusion", given),
    ];
    for (const name of drawn) await Deno.writeTextFile(file(name), `<svg>${name}</svg>`);
    const others = ["curves.svg", "confusion.txt", "confusion.svg.svg.txt", "xconfusion.svg"];
    for (const name of others) await Deno.writeTextFile(file(name), "other");
    await Deno.mkdir(file("confusion-folder.svg"));
    await Deno.writeTextFile(join(folder, "secret.svg"), "<svg>hidden</svg>");
    await Deno.symlink(join(folder, "secret.svg"), file("confusion-link.svg"));
    const [before, after] = [new Date(1e12), new Date(2e12)];
    await Deno.utime(run.best, before, before);
    await Deno.utime(file("mistakes.svg"), after, after);
    await Deno.utime(file("confusion.svg"), new Date(1e11), new Date(1e11));
    const { pictures } = await kept();
    assertEquals(pictures.map(({ name, of, measured, isOld }) => [name, of, measured, isOld]), [
      ["confusion.svg", "confusion", "", true],
      ["mistakes.svg", "mistakes", "", false],
      ["mistakes-validation-last.svg", "mistakes", "validation-last", false],
    ]);
    const foreign = keptName("confusion", { ...given, data: "/данные" });
    assertEquals(keptNamed(foreign), { of: "confusion", measured: "-" });
    assertEquals(pictures.map(({ made }) => made).slice(0, 2), [1e11, 2e12]);

    // Beside them are the scores of each class; what is none says where it is broken.
    const scores = keptName("classes", { ...given, split: "train" });
    const cat = { name: "cat", images: 0, recall: null, precision: 0.5, f1: 0 };
    await Deno.writeTextFile(file(scores), JSON.stringify([{ ...cat, predicted: 2, correct: 1 }]));
    await Deno.utime(file(scores), after, after);
    assertEquals((await kept()).scores, [
      { name: "classes-train.json", measured: "train", made: 2e12, isOld: false, classes: [cat] },
    ]);
    await Deno.writeTextFile(file(scores), JSON.stringify([{ ...cat, recall: 2 }]));
    assertStringIncludes(
      await refused(root, "/api/pictures?run=a"),
      "classes-train.json: 0.recall",
    );
    await Deno.remove(file(scores));
    const confused = keptName("confused", { ...given, split: "train" });
    const cell = {
      truth: 0,
      predicted: 1,
      count: 3,
      pictures: [{ probability: 0.5, png: "AAAA" }],
    };
    const write = (cells: readonly unknown[]) =>
      Deno.writeTextFile(file(confused), JSON.stringify({ classes: ["cat", "dog"], cells }));
    await write([cell]);
    await Deno.utime(file(confused), after, after);
    const held = { name: "confused-train.json", measured: "train", made: 2e12, isOld: false };
    assertEquals((await kept()).confused, [{ ...held, classes: ["cat", "dog"], cells: [cell] }]);
    for (const wrong of [{ predicted: 2 }, { count: -1 }, { pictures: [{ png: "<svg>" }] }]) {
      await write([{ ...cell, ...wrong }]);
      assertStringIncludes(await refused(root, "/api/pictures?run=a"), "confused-train.json");
    }
    await Deno.remove(file(confused));

    const answered = await asked(root, "/api/picture?run=a&name=mistakes.svg");
    assertEquals(await answered.text(), "<svg>mistakes.svg</svg>");
    assertEquals(answered.headers.get("content-type"), "image/svg+xml");
    // One that is opened by itself may run nothing, and load nothing.
    const policy = "default-src 'none'; img-src data:; sandbox";
    assertEquals(answered.headers.get("content-security-policy"), policy);
    const names = [...others, "confusion-link.svg", "confusion-folder.svg", "mistakes-x.svg", ""]
      .concat("config.json", "best.safetensors", "../secret.svg", "confusion-/../../secret.svg")
      .concat("confusion.svg\0", "confusion.svg\n", "constructor", "classes.json");
    for (const name of names) {
      const path = `/api/picture?run=a&name=${encodeURIComponent(name)}`;
      const told = await refused(root, path);
      assert(told.includes("no-picture") && !told.includes("hidden"), told);
    }
  });
});

Deno.test("runs are listed with what they reached; one that cannot be read keeps no other from it", async () => {
  await withFolder(async (root) => {
    assertEquals((await json<BoardRuns>(join(root, "none"), "/api/runs")).runs, []);
    const done = await makeRun(join(root, "studies", "done"));
    await writeEpoch(done, 1);
    await writeTest(done, 0.75);
    await Deno.mkdir(join(root, "broken"));
    await Deno.writeTextFile(join(root, "broken", "config.json"), "{");
    const { runs: [run], problems } = await json<BoardRuns>(root, "/api/runs");
    const { id, state, test, heldOut, parameters, epochs, steps } = run ?? {};
    assertEquals(
      { id, state, test, parameters, epochs, steps },
      {
        id: "studies/done",
        state: "finished",
        test: 0.75,
        parameters: 158,
        epochs: [1, 3],
        steps: 40,
      },
    );
    assert(Math.abs((heldOut ?? 0) - 0.05) < 1e-9);
    assertEquals(problems.length, 1);
    const details = await json<RunDetails>(root, "/api/run?run=studies%2Fdone");
    assertStringIncludes(details.recipe ?? "", "sgd, learning rate 0.1 (cosine)");
  });
});

Deno.test("steps are read on from where they ended, and anew once their file is another one", async () => {
  await withFolder(async (root) => {
    const run = await makeRun(join(root, "a"));
    assertEquals((await readOn(run.steps, START)).steps.step, []);
    await writeEpoch(run, 1, 3);
    const first = await readOn(run.steps, START);
    assertEquals([first.anew, first.steps.step], [false, [1, 2, 3]]);
    await Deno.writeTextFile(run.steps, "4,1,2.5,", { append: true });
    const torn = await readOn(run.steps, first.at);
    assertEquals([torn.at, torn.steps.step], [first.at, []]);
    await Deno.writeTextFile(run.steps, ",0.1,,0.01\n", { append: true });
    const whole = await readOn(run.steps, torn.at);
    assertEquals(whole.steps, { step: [4], loss: [2.5], accuracy: [null], rate: [0.1] });
    const text = await Deno.readTextFile(run.steps);
    await Deno.rename(run.steps, `${run.steps}.old`);
    await Deno.writeTextFile(run.steps, text.split("\n").slice(0, 3).join("\n") + "\n");
    const again = await readOn(run.steps, whole.at);
    assertEquals([again.anew, again.steps.step], [true, [1, 2]]);
  });
});

Deno.test("the board says why it cannot begin", async () => {
  await inFolder(async (folder) => {
    const allowed = ["--allow-read", "--allow-net=127.0.0.1"];
    const missing = await program(folder, ["board", "--runs=nowhere"], allowed).ended;
    assertEquals(missing.code, 1);
    assertStringIncludes(missing.stderr, "cannot show the board");
    const wrong = await program(folder, ["board", "--port=70000"], allowed).ended;
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, "at most 65535");
    const denied = await program(folder, ["board"], ["--allow-read"]).ended;
    assertEquals(denied.code, 1);
    assertStringIncludes(denied.stderr, "--allow-net");
  });
});
