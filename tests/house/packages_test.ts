/** Entries bring along the packages that they need whatever is done with them, and no other. */
import { assertEquals } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
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
