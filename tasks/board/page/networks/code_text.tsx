/** The code of a network, in an editor that knows the language. */
import { effect, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type * as editors from "../editor/editor.ts";
import { chooseCode, written } from "./state.ts";

/** Where the editor is, beside the page's own script. */
const EDITOR = "./editor.js";

export function CodeText(): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const said = useSignal("Loading the editor ...");
  useEffect(() => {
    let editor: editors.Editor | undefined;
    let isOver = false;
    const open = ({ openEditor }: typeof editors) => {
      said.value = "";
      if (isOver || host.current === null) return;
      editor = openEditor(host.current, {
        text: written.peek(),
        label: "Code of the network",
        onChange: (text) => {
          if (text !== written.peek()) void chooseCode(text);
        },
      });
    };
    import(EDITOR).then(open, (error) => said.value = `The editor cannot be loaded: ${error}`);
    const follow = effect(() => {
      const { value } = written;
      editor?.set(value);
    });
    return () => {
      isOver = true;
      follow();
      editor?.close();
    };
  }, []);
  return (
    <>
      <div class="editor" ref={host} />
      <p class="note">
        {said.value ||
          "The last line is the network. Layers, blocks, networks and their options are completed: Ctrl-Space shows them."}
      </p>
    </>
  );
}
