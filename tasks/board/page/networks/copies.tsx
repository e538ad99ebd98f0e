/** The network to take along: as a script or a link, and as other programs read it. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { toJSON } from "../../../../dsl/net/json.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { initialNote, stemOf } from "../../../export/words.ts";
import { copied } from "../copied.ts";
import { formatted } from "../formats/formatted.ts";
import type { Format } from "../formats/formats_worker.ts";
import { linkHere } from "../here.ts";
import { Problems } from "../problems.tsx";
import { save } from "../saved.ts";
import { scriptOf } from "./script.ts";
import { type Shown, spec } from "./state.ts";

const FORMATS: readonly (readonly [Format, string, string])[] = [
  ["torch", "Copy as PyTorch", ".py"],
  ["onnx", "Save as ONNX", ".onnx"],
  ["tfjs", "Save as TensorFlow.js", "-tfjs.tar"],
];

export function Copies({ network }: { readonly network: Shown }): JSX.Element {
  const said = useSignal("");
  const problems = useSignal<readonly Problem[]>([]);
  useEffect(() => {
    said.value = "";
    problems.value = [];
  }, [network]);
  const copy = async (what: string, text: string) => said.value = await copied(what, text);
  const write = async (format: Format, ending: string) => {
    problems.value = [];
    said.value = "Writing it ...";
    const found = await formatted(format, network);
    said.value = "";
    if (found._tag === "Left") return void (problems.value = found.left);
    const { right: content } = found;
    if (typeof content === "string") return void copy("source for PyTorch", content);
    const file = `${stemOf(network.name)}${ending}`;
    save(file, content);
    said.value = `${file} is saved; ${initialNote({})}.`;
  };
  return (
    <>
      <p class="tools">
        <button type="button" onClick={() => copy("script", scriptOf(spec.value, network))}>
          Copy as script
        </button>
        <button type="button" onClick={() => copy("JSON", toJSON(network.net, 2))}>
          Copy as JSON
        </button>
        {FORMATS.map(([format, title, ending]) => (
          <button
            key={format}
            type="button"
            onClick={() => void write(format, ending)}
          >
            {title}
          </button>
        ))}
        <button type="button" onClick={() => copy("link", linkHere())}>Copy link</button>
        <output>{said}</output>
      </p>
      <Problems problems={problems.value} title="It cannot be written so:" />
    </>
  );
}
