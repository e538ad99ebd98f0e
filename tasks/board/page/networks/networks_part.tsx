/** The part of the board that shows networks. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Problems } from "../problems.tsx";
import { takeFiles } from "../files.ts";
import { TrainThis } from "../trainings/train_this.tsx";
import { Controls, readFile } from "./controls.tsx";
import { Copies } from "./copies.tsx";
import { DiagramView } from "./diagram.tsx";
import { Difference } from "./difference.tsx";
import { pointed } from "./pointed.tsx";
import { shown, spec } from "./state.ts";
import { SummaryTable } from "./summary_table.tsx";

export function NetworksPart(): JSX.Element {
  useEffect(() => takeFiles((files) => void readFile(files)), []);
  const found = shown.value;
  const network = found?._tag === "Right" ? found.right : undefined;
  return (
    <div class="sides">
      <section aria-label="The network">
        <Controls />
        {network && <Copies network={network} />}
        {network && <TrainThis spec={spec.value} network={network} />}
      </section>
      <section aria-label="What it is">
        {found === undefined && <p>Reading the network ...</p>}
        {found?._tag === "Left" && (
          <Problems problems={found.left} title="The network does not fit together:" />
        )}
        {network && (
          <>
            <h2>Summary</h2>
            <SummaryTable plan={network.plan} name={network.name} lit={pointed.value?.path} />
            <h2>Difference</h2>
            <Difference />
            <h2>Diagram</h2>
            <DiagramView plan={network.plan} name={network.name} />
          </>
        )}
      </section>
    </div>
  );
}
