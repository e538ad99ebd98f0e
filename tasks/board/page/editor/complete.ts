/** What can be written at a place in the code of a network: functions, or the options of one. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { SyntaxNode } from "@lezer/common";
import type { Call, Word } from "./words.ts";

/** Completes functions where a value stands, and options where one of them begins. */
export function completer(
  calls: readonly Call[],
): (context: CompletionContext) => CompletionResult | null {
  const values = calls.map((call) => completion(call, { type: "function", detail: call.call }));
  const options = new Map(
    calls.map((call) => [
      call.name,
      call.options.map((option) =>
        completion(option, { type: "property", apply: `${option.name}: ` })
      ),
    ]),
  );
  return (context) => {
    const word = context.matchBefore(/\w*/);
    if (word === null || (word.from === word.to && !context.explicit)) return null;
    const name = calledAt(context, word.from);
    if (name === undefined) return null;
    return {
      from: word.from,
      options: name === "" ? values : options.get(name) ?? [],
      validFor: /^\w*$/,
    };
  };
}

function completion(word: Word, more: Partial<Completion>): Completion {
  return { label: word.name, info: word.text, ...more };
}

/** Nodes in which nothing is completed. */
const TEXTS = ["String", "TemplateString", "LineComment", "BlockComment"];
/** Nodes that hold others, of which the innermost decides. */
const HOLDERS = ["ObjectExpression", "ObjectPattern", "ArgList", "ArrayExpression", "Script"];
/** Objects; one that is not closed yet may be taken for a pattern that is assigned to. */
const OBJECTS = ["ObjectExpression", "ObjectPattern"];

/** The function whose option begins at a place; an empty name where a value stands, nothing in a text. */
function calledAt(
  { state, pos }: Pick<CompletionContext, "state" | "pos">,
  from: number,
): string | undefined {
  let node: SyntaxNode | null = syntaxTree(state).resolveInner(pos, -1);
  if (TEXTS.includes(node.name)) return undefined;
  while (node !== null && !HOLDERS.includes(node.name)) node = node.parent;
  const before = state.sliceDoc(node?.from ?? 0, from).trimEnd().at(-1);
  if (node === null || !OBJECTS.includes(node.name) || !["{", ","].includes(before ?? "")) {
    return "";
  }
  let list = node.parent;
  if (list?.name === "AssignmentExpression") list = list.parent;
  const callee = list?.parent?.firstChild;
  if (list?.name !== "ArgList" || !callee) return undefined;
  return state.sliceDoc(callee.from, callee.to);
}
