/** `POST /predict`: programs send pictures, and are told what `predict` tells of them. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { encode } from "fast-png";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { answer } from "../../tasks/board/_answer.ts";
import { MOST_BYTES } from "../../tasks/board/_pictures.ts";
import type { Predicted, Refused } from "../../tasks/board/wire.ts";
import { PRETRAINED_NAMES } from "../../tasks/networks/pretrained.ts";
import { pretrainedPath } from "../../tasks/training/pretrained.ts";
import { type PictureFile, predict } from "../../tasks/training/predict.ts";
import { withFolder } from "../files/_folder.ts";
import { problemsOf } from "../_problems.ts";
import { makeRun } from "./_board.ts";

const PORT = 8731;
const [PRETRAINED = ""] = PRETRAINED_NAMES;
const PNG = { "content-type": "image/png" };

function picture(seed: number): Uint8Array<ArrayBuffer> {
  const data = Uint8Array.from({ length: 40 * 50 * 3 }, (_, i) => (i * i * seed) % 251);
  return Uint8Array.from(encode({ width: 50, height: 40, data, channels: 3, depth: 8 }));
}

function formOf(files: readonly (readonly [name: string, bytes: Uint8Array<ArrayBuffer>])[]) {
  const form = new FormData();
  for (const [name, bytes] of files) form.append("picture", new File([bytes], name));
  return form;
}

/** What the board of a folder answers to pictures. */
function asked(root: string, path: string, given: RequestInit): Promise<Response> {
  const headers = new Headers(given.headers);
  if (!headers.has("host")) headers.set("host", `127.0.0.1:${PORT}`);
  const init = { method: "POST", ...given, headers };
  return answer(new Request(`http://127.0.0.1:${PORT}${path}`, init), root, PORT);
}

/** The status of a refusal, and the first of its problems. */
async function refused(answered: Response) {
  assertEquals(answered.headers.get("content-type"), "application/json");
  const { problems: [problem] }: Refused = await answered.json();
  return { status: answered.status, ...problem };
}

Deno.test("pictures that a program sends get what predict says of their files", async () => {
  await withFolder(async (folder) => {
    const run = await makeRun(join(folder, "runs", "of mine"));
    const kept = orThrow(await pretrainedPath(PRETRAINED));
    for (const file of ["config.json", "best.safetensors"]) {
      await Deno.copyFile(join(kept, file), join(run.folder, file));
    }
    const files = Array.from({ length: 20 }, (_, i) => [`${i}.png`, picture(i + 1)] as const);
    const engine = orThrow(await tfjsEngine({ backend: "wasm" }));
    const wanted = orThrow(
      await predict(kept, files.map(([name, bytes]) => ({ name, bytes })), { engine }),
    );
    for (const [name, bytes] of files) await Deno.writeFile(join(folder, name), bytes);
    const paths = files.map(([name]) => join(folder, name));
    const ofFiles = orThrow(await predict(kept, paths, { engine }));
    assertEquals(wanted.map(({ logits }) => logits), ofFiles.map(({ logits }) => logits));
    assertEquals(wanted.map(({ path }) => path), files.map(([name]) => name));
    const more = await predict(kept, [{ name: "a", bytes: picture(1), nam: "b" } as PictureFile]);
    assertEquals(problemsOf(more).map(({ path }) => path), ["nam"]);
    engine.dispose();

    const post = (run: string, given: RequestInit) =>
      asked(join(folder, "runs"), `/predict?run=${encodeURIComponent(run)}`, given);
    const predictions = async (answered: Response) => {
      assertEquals(answered.status, 200);
      const { predictions }: Predicted = await answered.json();
      return predictions;
    };
    const same = (found: Predicted["predictions"], from = 0) => {
      for (const [i, { top }] of found.entries()) {
        const guesses = wanted[from + i]?.guesses ?? [];
        assertEquals(top.length, 5);
        assertEquals(top.map(({ label }) => label), guesses.map(({ name }) => name));
        for (const [j, { probability }] of top.entries()) {
          assertAlmostEquals(probability, guesses[j]?.probability ?? NaN, 1e-5);
        }
      }
    };
    const several = await predictions(await post("of mine", { body: formOf(files) }));
    assertEquals(several.map(({ name }) => name), files.map(([name]) => name));
    same(several);
    // Two at once take turns on the one engine.
    const [one, other] = await Promise.all(
      [1, 2].map(async (i) =>
        await predictions(await post(PRETRAINED, { headers: PNG, body: picture(i + 1) }))
      ),
    );
    assertEquals([one, other].map((found) => found?.map(({ name }) => name)), [
      ["picture"],
      ["picture"],
    ]);
    same(one ?? [], 1);
    same(other ?? [], 2);

    // A name is a name: nothing is read there, and it comes back as it was sent.
    const hostile = ["/etc/passwd", "../config.json", "<b>cat</b>.png"];
    const named = await post("of mine", { body: formOf(hostile.map((n) => [n, picture(1)])) });
    assertStringIncludes(named.headers.get("content-type") ?? "", "application/json");
    assertEquals((await predictions(named)).map(({ name }) => name), hostile);

    const broken = formOf([["a.png", picture(1)], ["b.png", picture(2).slice(0, 60)]]);
    const wrong = await refused(await post("of mine", { body: broken }));
    assertEquals([wrong.status, wrong.path, wrong.code], [400, "b.png", "broken-image"]);
    // After what was refused the engine goes on.
    same(await predictions(await post(PRETRAINED, { headers: PNG, body: picture(1) })));
  });
});

Deno.test("a page from elsewhere cannot send pictures", async () => {
  await withFolder(async (root) => {
    const path = `/predict?run=${PRETRAINED}`;
    const navigating = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
    for (
      const headers of [
        { origin: "http://evil.example" },
        { origin: "null" },
        { host: `evil.example:${PORT}` },
        navigating,
      ]
    ) {
      const answered = await asked(root, path, {
        headers: { ...PNG, ...headers },
        body: picture(1),
      });
      await answered.body?.cancel();
      assertEquals(answered.status, 403, JSON.stringify(headers));
      assertEquals(answered.headers.get("access-control-allow-origin"), null);
    }
    for (const method of ["GET", "PUT", "OPTIONS"]) {
      const answered = await asked(root, path, { method });
      await answered.body?.cancel();
      assertEquals(answered.status, 405, method);
    }
  });
});

Deno.test("what is no run, and what is no picture, is refused with the reason", async () => {
  await withFolder(async (folder) => {
    const root = join(folder, "runs");
    const outside = await makeRun(join(folder, "outside"));
    const inside = await makeRun(join(root, "inside"));
    const body = picture(1);
    const of = async (query: string, given: RequestInit) => {
      const { status, code } = await refused(await asked(root, `/predict?${query}`, given));
      return [status, code];
    };
    for (const name of ["../outside", outside.folder, "nothing", "", "inside\0", "/etc/passwd"]) {
      const query = `run=${encodeURIComponent(name)}`;
      assertEquals(await of(query, { headers: PNG, body }), [404, "not-a-run"], name);
    }
    assertEquals(await of("", { headers: PNG, body }), [404, "not-a-run"]);
    const run = "run=inside";
    assertEquals(await of(`${run}&weights=lst`, { headers: PNG, body }), [404, "unknown-name"]);
    assertEquals(await of(`${run}&top=3`, { headers: PNG, body }), [400, "unknown-option"]);
    await Deno.writeTextFile(outside.best, "secret");
    await Deno.symlink(outside.best, inside.best);
    assertEquals(await of(run, { headers: PNG, body }), [404, "not-a-run"]);
    await Deno.remove(inside.best);

    assertEquals(await of(run, { body: "text" }), [415, "other-content-type"]);
    assertEquals(await of(run, { body }), [415, "other-content-type"]);
    const text = new FormData();
    text.append("picture", "cat.png");
    assertEquals(await of(run, { body: text }), [400, "not-a-picture"]);
    assertEquals(await of(run, { body: new FormData() }), [400, "not-a-picture"]);
    const named = formOf([["a=b.png", body]]);
    assertEquals(await of(run, { body: named }), [400, "half-read-name"]);
    const form = { "content-type": "multipart/form-data; boundary=x" };
    assertEquals(await of(run, { headers: form, body: "--x\r\nContent" }), [400, "not-a-picture"]);
    const unbound = { "content-type": "multipart/form-data; charset=x" };
    assertEquals(await of(run, { headers: unbound, body: "--x\r\n" }), [400, "broken-body"]);
    const lost = new ReadableStream({ pull: (controller) => controller.error(new Error("lost")) });
    assertEquals(await of(run, { headers: PNG, body: lost }), [400, "broken-body"]);
    assertEquals(await of(run, { headers: PNG, body }), [404, "not-found"]);
    await Deno.writeTextFile(inside.last, "");
    assertEquals(await of(run, { headers: PNG, body }), [404, "weights-missing"]);
    const many = formOf(Array.from({ length: 257 }, (_, i) => [`${i}`, body]));
    assertEquals(await of(run, { body: many }), [413, "body-too-large"]);
  });
});

Deno.test("a body that is too long is not read to its end", async () => {
  await withFolder(async (root) => {
    await makeRun(join(root, "a"));
    let sent = 0;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        sent += 2 ** 20;
        controller.enqueue(new Uint8Array(2 ** 20));
      },
    });
    const answered = await asked(root, "/predict?run=a", { headers: PNG, body: endless });
    const { status, code } = await refused(answered);
    assertEquals([status, code], [413, "body-too-large"]);
    assert(sent < MOST_BYTES + 2 ** 23, `${sent} bytes`);
  });
});
