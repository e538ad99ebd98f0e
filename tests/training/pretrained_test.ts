/**
 * Pretrained networks: what travels with netfold is whole and as its card says; what is imported
 * from elsewhere is fetched once, and believed only with its checksum.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { orThrow, plan } from "../../mod.ts";
import { network } from "../../nets/mod.ts";
import { PRETRAINED, PRETRAINED_NAMES } from "../../tasks/networks/pretrained.ts";
import { digestOf, pretrainedPath, runPath } from "../../tasks/training/pretrained.ts";
import { predict, resume } from "../../tasks/training/mod.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { assertProblem } from "../data/_results.ts";
import { png } from "../data/_pictures.ts";
import { withFolder } from "../files/_folder.ts";

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
    assertProblem(await pretrainedPath("gone", forbidden), "add --allow-net=example.com");
  });
});
