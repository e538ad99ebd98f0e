/** The trainings that the board has started, and a form for the next one, of a network of the zoo. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ZOO_NAMES } from "../../../../nets/zoo.ts";
import type { BoardTraining } from "../../wire.ts";
import { addressOf } from "../address.ts";
import { RunButtons } from "./run_buttons.tsx";
import { known } from "./state.ts";
import { TrainForm } from "./train_form.tsx";

/** The network that is chosen first, for which there is a recipe. */
const FIRST = "cifar/attention-8";

export function Trainings(): JSX.Element | null {
  const net = useSignal(FIRST);
  if (known.value === undefined) return null;
  const { trainings } = known.value;
  return (
    <section class="trainings" aria-label="Trainings">
      <details>
        <summary>Train a network</summary>
        <p class="note">
          On this machine, by a process of its own, which is stopped when the board is.{" "}
          <a href={addressOf("networks")}>Networks</a> trains any other network.
        </p>
        <TrainForm network={{ net: net.value }} onStart={() => {}}>
          <label class="row">
            Network{" "}
            <select
              name="net"
              value={net}
              onChange={(event) => net.value = event.currentTarget.value}
            >
              {ZOO_NAMES.map((one) => <option key={one} value={one}>{one}</option>)}
            </select>
          </label>
        </TrainForm>
      </details>
      {trainings.length > 0 && (
        <ul class="started">
          {trainings.map((training) => <Started key={training.id} training={training} />)}
        </ul>
      )}
    </section>
  );
}

function Started({ training }: { readonly training: BoardTraining }): JSX.Element {
  const { id, state, said } = training;
  return (
    <li>
      <p class="tools">
        <a href={addressOf("runs", new URLSearchParams({ run: id }))}>{id}</a>
        <span class={`state ${state}`}>{state}</span>
        <RunButtons id={id} isStopped={state === "stopped"} />
      </p>
      {said !== "" && (
        <div class="problems" role="alert">
          <p>{id} has failed:</p>
          <pre tabIndex={0}>{said}</pre>
        </div>
      )}
    </li>
  );
}
