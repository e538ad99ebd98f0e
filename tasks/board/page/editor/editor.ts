/**
 * The editor of the code of networks, CodeMirror. `deno task generate` bundles it into
 * `_editor.js.ts`; the page loads it when code is written.
 */
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascriptLanguage } from "@codemirror/lang-javascript";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView, keymap } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completer } from "./complete.ts";
import type { Call } from "./words.ts";
import words from "./words.json.ts";

/** The words of the language; what `deno task generate` writes is of this type. */
const CALLS: readonly Call[] = JSON.parse(words);

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.bool, tags.null], color: "var(--accent)" },
  { tag: [tags.string, tags.number], color: "var(--good)" },
  { tag: tags.comment, color: "var(--words)", fontStyle: "italic" },
]);

const THEME = EditorView.theme({
  "&": {
    color: "var(--text)",
    backgroundColor: "var(--box)",
    border: "1px solid var(--line)",
    borderRadius: "4px",
    fontSize: "0.85rem",
  },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "2px" },
  ".cm-content": { fontFamily: "monospace", minHeight: "12em", caretColor: "var(--text)" },
  ".cm-tooltip": {
    color: "var(--text)",
    backgroundColor: "var(--page)",
    border: "1px solid var(--line)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    color: "var(--page)",
    backgroundColor: "var(--accent)",
  },
  ".cm-completionInfo": { maxWidth: "min(24rem, 60vw)", whiteSpace: "pre-wrap" },
});

/** An editor on the page. */
export interface Editor {
  /** Puts another text into it, unless it is there. */
  readonly set: (text: string) => void;
  readonly close: () => void;
}

/**
 * Puts an editor into an element, in a root of its own: there its styles need no element of style,
 * which the page's policy forbids.
 */
export function openEditor(
  host: HTMLElement,
  { text, label, onChange }: {
    readonly text: string;
    readonly label: string;
    readonly onChange: (text: string) => void;
  },
): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    doc: text,
    extensions: [
      history(),
      bracketMatching(),
      closeBrackets(),
      javascriptLanguage,
      syntaxHighlighting(COLOURS),
      autocompletion({ override: [completer(CALLS)], icons: false }),
      // Tab stays the way out of the editor.
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label }),
      EditorView.updateListener.of(({ docChanged, state }) => {
        if (docChanged) onChange(state.doc.toString());
      }),
      THEME,
    ],
  });
  return {
    set: (next) => {
      const { doc } = view.state;
      if (doc.toString() === next) return;
      view.dispatch({ changes: { from: 0, to: doc.length, insert: next } });
    },
    close: () => view.destroy(),
  };
}
