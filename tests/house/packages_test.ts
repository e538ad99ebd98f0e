/** Entries bring along what they need whatever is done with them, and no more. */
import { assert, assertEquals } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import { type Load, loadsOf } from "./_packages.ts";

/** What reads and judges files; all else is loaded when it is needed. */
const FILES = ["deno-std", "fp-ts", "pako", "valibot"];

const HELD: Readonly<Record<string, readonly string[]>> = {
  "./onnx": ["@bufbuild/protobuf"],
  "./data": FILES,
  "./train": FILES,
  "./study": FILES,
  "./notebook": FILES.filter((name) => name !== "pako"),
};

/** The most files that are run when an entry is imported: each takes time when a script starts. */
const MOST_FILES = { ".": 185, "./layers": 75, "./nets": 80, "./train": 270 } as const;

/** What runs when the program counts a network of the zoo: it is to start fast, without a package. */
const SUMMARY = ["tasks/cli/main.ts", "tasks/summary/main.ts"];

const entries = Object.entries(project.exports)
  .map(([entry, file]) => [entry, file.replace("./", "")] as const);
const loads = await loadsOf([...entries.map(([, file]) => file), ...SUMMARY]);

function byEntry<A>(of: (load: Load) => A): Readonly<Record<string, A>> {
  return Object.fromEntries(entries.map(([entry, file]) => [entry, of(loadOf(file))]));
}

function loadOf(file: string): Load {
  const load = loads.get(file);
  if (load === undefined) throw new Error(`nothing is known of ${file}`);
  return load;
}

Deno.test("an entry holds few packages, and none of Node's modules", () => {
  assertEquals(
    byEntry(({ packages }) => packages),
    Object.fromEntries(entries.map(([entry]) => [entry, HELD[entry] ?? []])),
  );
});

Deno.test("a summary of the zoo starts without a package, and none is resolved for it", () => {
  for (const file of SUMMARY) assertEquals(loadOf(file).resolved, [], file);
});

Deno.test("packages of many packages are not resolved before they are used", () => {
  const wide = ["onnxruntime-node", "vega", "vega-lite"];
  assertEquals(
    byEntry(({ resolved }) => resolved.filter((name) => wide.includes(name))),
    byEntry(() => []),
  );
  // What literal import() names is seen.
  assertEquals(loadOf("mod.ts").resolved, ["@viz-js/viz"]);
});

Deno.test("an entry runs few files", () => {
  const files = byEntry(({ files }) => files);
  for (const [entry, most] of Object.entries(MOST_FILES)) {
    assert((files[entry] ?? Infinity) <= most, `${entry} runs ${files[entry]} files`);
  }
});
