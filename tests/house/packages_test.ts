/** Entries bring along the packages that they need whatever is done with them, and no other. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import jpegTurbo from "../../tasks/data/picture/_jpeg_turbo.wasm.ts";
import { packagesOf } from "./_packages.ts";

/** What reads and judges files; all else is loaded when it is needed. */
const FILES = ["deno-std", "fp-ts", "pako", "valibot"];

const HELD: Readonly<Record<string, readonly string[]>> = {
  "./onnx": ["@bufbuild/protobuf"],
  "./data": FILES,
  "./train": FILES,
  "./study": FILES,
  "./notebook": FILES.filter((name) => name !== "pako"),
};

Deno.test("an entry holds few packages, and none of Node's modules", async () => {
  const entries = Object.entries(project.exports)
    .map(([entry, file]) => [entry, file.replace("./", "")] as const);
  const packages = await packagesOf(entries.map(([, file]) => file));
  assertEquals(
    Object.fromEntries(entries.map(([entry, file]) => [entry, packages[file]])),
    Object.fromEntries(entries.map(([entry]) => [entry, HELD[entry] ?? []])),
  );
});

Deno.test("the licences of the decoders have the notice that a binary carries", async () => {
  const binary = new TextDecoder("latin1").decode(Uint8Array.fromBase64(jpegTurbo));
  const [notice = "a notice"] = /Copyright \(C\)[ -~]+/.exec(binary) ?? [];
  const licences = new URL("../../tasks/data/picture/LICENSES.md", import.meta.url);
  assertStringIncludes(await Deno.readTextFile(licences), notice);
});
