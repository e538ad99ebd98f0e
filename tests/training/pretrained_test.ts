/**
 * Pretrained networks: what travels with netfold is whole and as its card says; what is imported
 * from elsewhere is fetched once, and believed only with its checksum.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { orThrow, plan } from "../../mod.ts";
import { network, plain } from "../../nets/mod.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { PRETRAINED, PRETRAINED_NAMES } from "../../tasks/networks/pretrained.ts";
import { digestOf, pretrainedPath, runPath } from "../../tasks/training/pretrained.ts";
import { predict, presetFor, resume, train } from "../../tasks/training/mod.ts";
import { pack } from "../../tasks/pack/pack.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { assertProblem } from "../data/_results.ts";
import { png } from "../data/_pictures.ts";
import { withFolder } from "../files/_folder.ts";

/** What makes a run short. */
const FEW = { epochs: 1, steps: 3, batch: 10, validation: 10 } as const;

const home = new URL("../../nets/pretrained/", import.meta.url);

for (const name of PRETRAINED_NAMES) {
  Deno.test(`the pretrained ${name} is whole, small, and the zoo's network`, async () => {
    const folder = orThrow(await runPath(name));
    for (const [file, sha256] of Object.entries(PRETRAINED[name] ?? {})) {
      assertEquals(digestOf(await Deno.readFile(join(folder, file))), sha256, file);
    }
    const { size } = await Deno.stat(join(folder, "best.safetensors"));
    assert(size < 5e6, `${size} bytes`);
    const { plan: planned } = await openTrained(name, {}, {});
    const { net, input } = orThrow(network(name));
    assertEquals(planned, orThrow(plan(net, input)));
  });
}

Deno.test("a pretrained network predicts and is measured by its name", async () => {
  await withFolder(async (folder) => {
    const picture = join(folder, "picture.png");
    await Deno.writeFile(picture, png(40, 30));
    const [name = ""] = PRETRAINED_NAMES;
    const [seen] = orThrow(await predict(name, [picture], { backend: "wasm" }));
    assertEquals(seen?.guesses.length, 5);
    assertProblem(
      await predict("cifar/atention-8", [picture]),
      'did you mean "cifar/attention-8"?',
    );
    assertProblem(await resume(name), "must be that of a run");
  });
});

Deno.test("a pretrained network is fetched once, and again when what is kept is damaged", async () => {
  await withFolder(async (cache) => {
    const asked: string[] = [];
    let damage = false;
    const fetch = async ({ pathname }: URL): Promise<Response> => {
      const path = pathname.slice(1);
      asked.push(path);
      const found = await Deno.readFile(fromFileUrl(new URL(path, home))).catch(() => undefined);
      if (found === undefined) return new Response("", { status: 404 });
      return new Response(damage ? found.subarray(1) : found);
    };
    const from = new URL("https://example.com/");
    const [name = ""] = PRETRAINED_NAMES;
    const files = Object.keys(PRETRAINED[name] ?? {});
    const places = { from, index: PRETRAINED, cache, fetch };
    const folder = orThrow(await pretrainedPath(name, places));
    assertEquals(asked, files.map((file) => `${name}/${file}`));
    await openTrained(folder, {}, {});
    orThrow(await pretrainedPath(name, places));
    assertEquals(asked.length, files.length);
    await Deno.truncate(join(folder, "best.safetensors"), 100);
    orThrow(await pretrainedPath(name, places));
    assertEquals(asked.slice(files.length), [`${name}/best.safetensors`]);
    damage = true;
    await Deno.remove(folder, { recursive: true });
    assertProblem(await pretrainedPath(name, places), "the one that was published", "SHA-256");
    const gone = { ...places, index: { gone: { "best.safetensors": "" } } };
    assertProblem(await pretrainedPath("gone", gone), "404", "gone/best.safetensors");
    const denied = new Deno.errors.NotCapable("Requires net access, run again with ...");
    const forbidden = { ...gone, fetch: () => Promise.reject(denied) };
    assertProblem(
      await pretrainedPath("gone", forbidden),
      "run again with --allow-net=example.com",
    );
  });
});

Deno.test("a finished run is packed: half its weights, a card, and its place in the index", async () => {
  await withFolder(async (folder) => {
    const [run, into] = [join(folder, "run"), join(folder, "pretrained")];
    await Deno.mkdir(into);
    await Deno.writeTextFile(join(into, "index.json"), "{}");
    const name = "cifar/plain";
    const data = orThrow(shapes({ count: 60, testCount: 20 }));
    const net = plain({ widths: [4], convolutions: 1 });
    const request = { net, name, data, out: run, recipe: { ...presetFor(name), ...FEW } } as const;
    const cpu = { backend: "cpu", dataset: data } as const;
    orThrow(await train({ ...request, backend: "cpu" }, { interrupted: () => true }));
    assertProblem(await pack(run, { into, ...cpu }), "has not ended", `--resume ${run}`);
    orThrow(await resume(run, cpu));
    assertProblem(await pack(run, { into, ...cpu }), "a recipe that is no preset's", "--command");
    const command = "deno task train cifar/plain --steps 3";
    const packed = orThrow(await pack(run, { into, command, ...cpu }));
    for (const line of [`# ${name}`, command, "of 20 test images"]) {
      assertStringIncludes(packed.card, line);
    }
    const index = JSON.parse(await Deno.readTextFile(join(into, "index.json")));
    assertEquals(Object.keys(index[name]).sort(), [
      "best.safetensors",
      "config.json",
      "metrics.jsonl",
      "steps.csv",
    ]);
    const { checkpoint } = await openTrained(packed.folder, {}, {});
    assertEquals([...checkpoint.tensors.keys()].filter((path) => path.startsWith("@")), []);
    assertEquals(orThrow(await predict(packed.folder, data.test, { backend: "cpu" })).length, 20);
  });
});
