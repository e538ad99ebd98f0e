/** Trains the network that is shown, where the board may. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { toJSON } from "../../../../dsl/net/json.ts";
import { addressOf } from "../address.ts";
import { type NetworkSpec, ZOO } from "../networks/spec.ts";
import type { Shown } from "../networks/state.ts";
import { known, watchTrainings } from "./state.ts";
import { TrainForm } from "./train_form.tsx";

export function TrainThis(
  { spec, network: { name, net } }: { readonly spec: NetworkSpec; readonly network: Shown },
): JSX.Element | null {
  const started = useSignal("");
  useEffect(watchTrainings, []);
  if (known.value === undefined) return null;
  const { kind, input, classes } = spec;
  const isOfZoo = kind === ZOO && input === undefined && classes === undefined;
  const network = isOfZoo ? { net: spec.name } : { net: name, json: toJSON(net) };
  return (
    <details>
      <summary>Train it</summary>
      <TrainForm network={network} onStart={(id) => started.value = id} />
      {started.value !== "" && (
        <p>
          <a href={addressOf("runs", new URLSearchParams({ run: started.value }))}>
            {started} among the runs
          </a>
        </p>
      )}
    </details>
  );
}
