/** The network to take along: as a script, or as JSON. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { toJSON } from "../../../../dsl/net/json.ts";
import { copied } from "../copied.ts";
import { linkHere } from "../here.ts";
import { scriptOf } from "./script.ts";
import { type Shown, spec } from "./state.ts";

export function Copies({ network }: { readonly network: Shown }): JSX.Element {
  const said = useSignal("");
  const copy = async (what: string, text: string) => said.value = await copied(what, text);
  return (
    <p class="tools">
      <button type="button" onClick={() => copy("script", scriptOf(spec.value, network))}>
        Copy as script
      </button>
      <button type="button" onClick={() => copy("JSON", toJSON(network.net, 2))}>
        Copy as JSON
      </button>
      <button type="button" onClick={() => copy("link", linkHere())}>Copy link</button>
      <output>{said}</output>
    </p>
  );
}
