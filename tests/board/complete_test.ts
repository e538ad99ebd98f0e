/** What the editor of the board's page completes, and from what. */
import { assert, assertEquals } from "@std/assert";
import { CompletionContext } from "@codemirror/autocomplete";
import { javascriptLanguage } from "@codemirror/lang-javascript";
import { EditorState } from "@codemirror/state";
import * as language from "../../tasks/board/page/code/language.ts";
import { completer } from "../../tasks/board/page/editor/complete.ts";
import type { Call } from "../../tasks/board/page/editor/words.ts";
import words from "../../tasks/board/page/editor/words.json.ts";

const CALLS: readonly Call[] = JSON.parse(words);
const complete = completer(CALLS);

/** What is completed where a bar stands in a code; nothing where nothing is. */
function completed(code: string, explicit = true): readonly string[] | undefined {
  const pos = code.indexOf("|");
  const state = EditorState.create({
    doc: code.replace("|", ""),
    extensions: [javascriptLanguage],
  });
  const found = complete(new CompletionContext(state, pos, explicit));
  if (found === null) return undefined;
  const begun = state.sliceDoc(found.from, pos);
  return found.options.map(({ label }) => label).filter((label) => label.startsWith(begun));
}

const NAMES = CALLS.map(({ name }) => name);

Deno.test("the words are functions that code may write, each with what its documentation says", () => {
  const all: Readonly<Record<string, unknown>> = { ...language };
  for (const { name, text, call, options } of CALLS) {
    assert(typeof all[name] === "function", name);
    assert(text.length > 0 && call.startsWith(`${name}(`), name);
    for (const option of options) assert(option.text.length > 0, `${name} ${option.name}`);
  }
  for (
    const name of ["conv", "batchNorm", "stage", "arl", "chain", "repeat", "attention56", "ratio"]
  ) {
    assert(NAMES.includes(name), name);
  }
  const conv = CALLS.find(({ name }) => name === "conv");
  assertEquals(conv?.call, "conv(width, options)");
  assertEquals(
    conv?.options[0],
    { name: "kernel", text: "Kernel size, square or height and width; 1 by default." },
  );
});

Deno.test("where a value stands functions are completed", () => {
  assertEquals(completed("|"), NAMES);
  assertEquals(completed("chain(sta|"), NAMES.filter((name) => name.startsWith("sta")));
  assertEquals(completed("const a = preactivation|;"), [
    "preactivation",
    "preactivationResnet",
  ]);
  assertEquals(completed("stage(1, 2, 1, { unit: bas|"), ["basic"]);
  assertEquals(completed("chain(conv(3), |)"), NAMES);
  assertEquals(completed("|", false), undefined);
});

Deno.test("where an option begins those of its function are completed", () => {
  assertEquals(completed("conv(16, { ker|"), ["kernel"]);
  assertEquals(completed("chain(conv(16, { kernel: 3, str| }), relu())"), ["stride"]);
  assertEquals(completed("chain(stage(1, 2, 1, { learn|"), ["learning"]);
  assert(completed("conv(16, {\n  |\n})")?.includes("padding"));
  assertEquals(completed("unknown({ |"), []);
});

Deno.test("in a text or a comment nothing is completed", () => {
  assertEquals(completed('named("sta|", relu())'), undefined);
  assertEquals(completed("// sta|"), undefined);
});
