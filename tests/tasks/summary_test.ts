import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { summarize } from "../../dsl/interpreters/summary/summary.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { network, ZOO_NAMES } from "../../nets/zoo.ts";
import { inFolder, run, smallNet } from "./_task.ts";

Deno.test("summary prints one JSON document, the network's summary", async () => {
  await inFolder(async (folder) => {
    const name = "cifar/attention-56";
    const args = [name, "--format", "json", "--classes", "100"];
    const { code, stdout, stderr } = await run(folder, "summary", ...args);
    assertEquals([code, stderr], [0, ""]);
    const { net, input } = orThrow(network(name, { classes: 100 }));
    assertEquals(JSON.parse(stdout), summarize(orThrow(plan(net, input)), name));
  });
});

Deno.test("summary reads a network from a file and lists the zoo without one", async () => {
  await inFolder(async (folder) => {
    const file = await run(folder, "summary", "net.json", "--input=32x32x3", "--format=json");
    assertEquals(file.code, 0, file.stderr);
    const { params } = summarize(orThrow(plan(smallNet, [32, 32, 3])));
    assertEquals(JSON.parse(file.stdout).params, params);
    const list = await run(folder, "summary");
    for (const name of ZOO_NAMES) assertStringIncludes(list.stdout, name);
    assertStringIncludes(list.stdout, "1,148,826");
  });
});

Deno.test("summary lists the networks that fit a pattern, or begin as it is told", async () => {
  await inFolder(async (folder) => {
    const listed = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { code, stdout, stderr } = await run(folder, "summary", ...args, "--format=csv");
      assertEquals([code, stderr], [0, ""]);
      return stdout.trimEnd().split("\n").slice(1).map((row) => row.split(",")[0] ?? "");
    };
    const sizes = [11, 13, 16, 19];
    const plain = sizes.map((size) => `imagenet/vgg-${size}`);
    const normed = sizes.map((size) => `imagenet/vgg-${size}-bn`);
    assertEquals(await listed("imagenet/vgg*"), [...plain, ...normed]);
    assertEquals(await listed("*/vgg-*-bn", "--input=64x64x3"), normed);
    assertEquals(await listed("imagenet/resnext"), [
      "imagenet/resnext-50-32x4d",
      "imagenet/resnext-101-32x4d",
    ]);
    // What is a network's name means that network, whatever else begins with it.
    const one = await run(folder, "summary", "imagenet/vgg-11", "--format=json");
    assertEquals(JSON.parse(one.stdout).net, "imagenet/vgg-11");
    const depth = await run(folder, "summary", "imagenet/vgg*", "--depth=1");
    assertEquals([depth.code, depth.stdout], [2, ""]);
    assertStringIncludes(depth.stderr, "--depth belongs to one network, and several are named");
    const near = [["imagenet/vgf*", "imagenet/vgg*"], ["cifat/*", "cifar/*"], ["*-bm", "*-bn"]];
    for (const [pattern = "", meant] of near) {
      const none = await run(folder, "summary", pattern);
      assertEquals([none.code, none.stdout], [1, ""]);
      assertStringIncludes(none.stderr, `${pattern} (pattern): no network of the zoo fits`);
      assertStringIncludes(none.stderr, `did you mean "${meant}"?`);
    }
    const unlike = await run(folder, "summary", "somewhere/else*");
    assertStringIncludes(unlike.stderr, "hint    deno task summary lists the names");
  });
});

Deno.test("summary shows as many levels of names as it is asked to", async () => {
  await inFolder(async (folder) => {
    const lines = async (depth: string): Promise<number> => {
      const { stdout } = await run(folder, "summary", "cifar/attention-20", "--depth", depth);
      return stdout.split("\n").length;
    };
    const [one, three, all] = [await lines("1"), await lines("3"), await lines("all")];
    assert(one < three && three < all, `${one} ${three} ${all}`);
  });
});

Deno.test("every task explains itself and says its version", async () => {
  await inFolder(async (folder) => {
    for (const task of ["train", "evaluate", "predict", "summary", "doctor"] as const) {
      const help = await run(folder, task, "--help");
      assertEquals([help.code, help.stderr], [0, ""]);
      assertStringIncludes(help.stdout, `deno task ${task}`);
      const version = await run(folder, task, "--version");
      assert(/^\d+\.\d+\.\d+\n$/.test(version.stdout), version.stdout);
    }
  });
});

Deno.test("doctor names every engine, and succeeds when one works", async () => {
  await inFolder(async (folder) => {
    const { code, stdout } = await run(folder, "doctor", "--format=json");
    const report = JSON.parse(stdout);
    const names = report.backends.map(({ name }: { readonly name: string }) => name);
    assertEquals([report.onnx.name, ...names], ["onnx", "webgpu", "wasm", "cpu"]);
    assertEquals(code, report.auto === undefined ? 1 : 0);
    assert(report.versions.netfold.length > 0 && report.machine.cores > 0);
    const text = await run(folder, "doctor");
    assertStringIncludes(text.stdout, "--allow-write=runs");
  });
});
