/** The program itself: commands that there are not, files that are named otherwise than they are. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { COMMAND_NAMES, commandOf } from "../../tasks/cli/commands.ts";
import { endingMistake } from "../../tasks/cli/ending.ts";
import { overview } from "../../tasks/cli/overview.ts";
import { inspectPython } from "../../tasks/doctor/python.ts";
import { forbidden } from "../../tasks/cli/task.ts";
import { orThrow } from "../../tasks/fp.ts";
import { namedPictures } from "../../tasks/predict/pictures.ts";
import { csvHeader, leftOut, predictionCsv } from "../../tasks/predict/view.ts";
import { printedZoo, zooEntries } from "../../tasks/summary/zoo.ts";
import project from "../../deno.json" with { type: "json" };
import { namesIn, withFolder } from "../files/_folder.ts";
import { program } from "./_task.ts";

Deno.test("a command that there is not is named with the one that was meant, and nothing is written", async () => {
  await withFolder(async (folder) => {
    const unknown = await program(folder, ["sumary"], ["--allow-read"]).ended;
    assertEquals([unknown.code, unknown.stdout], [2, ""]);
    assertStringIncludes(unknown.stderr, 'no command "sumary"; did you mean "summary"?');
    const version = await program(folder, ["-V"], ["--allow-read"]).ended;
    assertEquals([version.code, version.stdout], [0, `${project.version}\n`]);
    const flags = ["--allow-read", "--allow-write=elsewhere"];
    const denied = await program(folder, ["diagram", "cifar/plain", "--out=a.svg"], flags).ended;
    assertEquals([denied.code, denied.stdout], [1, ""]);
    assertStringIncludes(denied.stderr, "NETFOLD_WRITE=. deno task");
    const picture = await program(folder, ["diagram", "cifar/plain", "--out=a.png"], flags).ended;
    assertEquals(picture.code, 2);
    assertStringIncludes(picture.stderr, ".svg or .mmd");
    assertEquals(await namesIn(folder), []);
    const allowed = ["--allow-read", "--allow-write=."];
    const drawn = await program(folder, ["diagram", "cifar/plain", "--out=a.svg"], allowed).ended;
    assertEquals([drawn.code, drawn.stdout], [0, ""]);
    assertMatch(drawn.stderr, /^a\.svg {2}[\d.]+ kB\n$/);
  });
});

Deno.test("commands that are told where to write ask whether they may before any work", async () => {
  for (const name of COMMAND_NAMES) {
    const { terms, writes } = await commandOf(name);
    if ("out" in terms || "export" in terms) assert(writes !== undefined, name);
  }
});

Deno.test("a file that is written has an ending of its format, in any letters", () => {
  for (const name of ["a.onnx", "b/a.ONNX", "a.b.onnx"]) {
    assertEquals(endingMistake(name, "an ONNX file", ["onnx"]), undefined);
  }
  for (const name of ["a", "a.png", ".onnx", "a.onnx/b", "onnx"]) {
    assertStringIncludes(endingMistake(name, "an ONNX file", ["onnx"]) ?? "", ".onnx");
  }
});

Deno.test("the pictures of a folder are those called so, folders in it too; none is a problem", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "inner/empty"), { recursive: true });
    for (const name of ["b.png", "a.JPG", "notes.txt", ".hidden.png", "inner/c.webp"]) {
      await Deno.writeTextFile(join(folder, name), "");
    }
    const named = await namedPictures([join(folder, "notes.txt"), folder]);
    const paths = ["notes.txt", "a.JPG", "b.png", "inner/c.webp"].map((name) => join(folder, name));
    assertEquals(named, { _tag: "Right", right: { paths, others: 1 } });
    const none = await namedPictures([join(folder, "inner/empty")]);
    assertEquals(none._tag === "Left" && none.left[0]?.code, "no-pictures");
    assertEquals(leftOut(1), "1 file that is not called a picture is left out");
    assertEquals(leftOut(2), "2 files that are not called pictures are left out");
  });
});

Deno.test("a line of CSV for each image has its likeliest classes, quoted where they must be", () => {
  const guesses = [{ name: "cat, tabby", probability: 0.75 }, { name: "dog", probability: 0.25 }];
  const logits = new Float32Array(2);
  const probabilities = new Float64Array(2);
  const line = predictionCsv({ path: "a b.png", label: "cat", guesses, logits, probabilities });
  assertEquals(
    csvHeader(2) + line,
    'path,class1,probability1,class2,probability2\na b.png,"cat, tabby",0.75,dog,0.25\n',
  );
});

Deno.test("on a narrow terminal the commands and the zoo have narrow lines, with all their words", async () => {
  const help = await overview(60);
  assertEquals(help.split("\n").filter((line) => line.length > 60), []);
  assertEquals(help.split(/\s+/), (await overview(Infinity)).split(/\s+/));
  const names = ["cifar/attention-56", "imagenet/attentioninception-56"];
  const entries = orThrow(zooEntries(names, {}));
  const zoo = (width: number) => printedZoo(entries, { format: "text", width });
  assertEquals(zoo(60).split("\n").filter((line) => line.length > 60), []);
  for (const name of names) assertStringIncludes(zoo(60), `\n${name} `);
  assertStringIncludes(zoo(80), "1,148,826");
  assertStringIncludes(zoo(60), "1.149 M");
});

Deno.test("what Deno refused is allowed by a flag for just that", () => {
  const wanted = (access: string, flag: string) =>
    forbidden(new Error(`Requires ${access}, run again with the ${flag} flag`)).wanted;
  assertEquals(wanted('net access to "127.0.0.1:0"', "--allow-net"), "--allow-net=127.0.0.1");
  assertEquals(wanted('net access to "jsr.io:443"', "--allow-net"), "--allow-net=jsr.io:443");
  assertEquals(wanted('run access to "python3"', "--allow-run"), "--allow-run=python3");
  assertEquals(wanted('read access to "a,b"', "--allow-read"), "--allow-read");
  assertEquals(wanted("write access to <TMP>", "--allow-write"), "--allow-write");
});

Deno.test("an interpreter that is none is told from one that is not there", async () => {
  assertEquals((await inspectPython("/nowhere/python")).state, "missing");
  assertEquals((await inspectPython(Deno.execPath())).state, "failed");
});
