/** The board: its parts, and the way from one to the other. */
import type { JSX } from "preact";
import { addressOf, type Part, PARTS } from "./address.ts";
import { here, left } from "./here.ts";
import { NetworksPart } from "./networks/networks_part.tsx";
import { RunsPart } from "./runs/runs_part.tsx";
import { TrainPart } from "./train/train_part.tsx";
import { TryPart } from "./try/try_part.tsx";

const SHOWN: Readonly<Record<Part, { readonly title: string; readonly Shown: () => JSX.Element }>> =
  {
    runs: { title: "Runs", Shown: RunsPart },
    networks: { title: "Networks", Shown: NetworksPart },
    try: { title: "Try", Shown: TryPart },
    train: { title: "Train here", Shown: TrainPart },
  };

export function Board(): JSX.Element {
  const { part } = here.value;
  const { Shown } = SHOWN[part];
  return (
    <>
      <header>
        <h1>netfold</h1>
        <nav aria-label="Parts">
          {PARTS.map((name) => (
            <a
              key={name}
              href={addressOf(name, left.value[name])}
              aria-current={name === part ? "page" : undefined}
            >
              {SHOWN[name].title}
            </a>
          ))}
        </nav>
      </header>
      <main>
        <Shown />
      </main>
    </>
  );
}
