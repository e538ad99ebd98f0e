/** The board: its parts, and the way from one to the other. */
import type { JSX } from "preact";
import type { Problem } from "../../../dsl/problem/problem.ts";
import { closest } from "../../../dsl/problem/suggest.ts";
import { addressOf, type Part, PARTS, wrongAddress } from "./address.ts";
import { here, left } from "./here.ts";
import { NetworksPart } from "./networks/networks_part.tsx";
import * as networks from "./networks/spec.ts";
import { Problems } from "./problems.tsx";
import { RunsPart } from "./runs/runs_part.tsx";
import * as runs from "./runs/state.ts";
import * as settings from "./train/settings.ts";
import { TrainPart } from "./train/train_part.tsx";
import * as tried from "./try/source.ts";
import { TryPart } from "./try/try_part.tsx";

interface ShownPart {
  readonly title: string;
  readonly Shown: () => JSX.Element;
  /** What of its address it cannot show. */
  readonly wrongIn: (given: URLSearchParams) => readonly Problem[];
}

const SHOWN: Readonly<Record<Part, ShownPart>> = {
  runs: { title: "Runs", Shown: RunsPart, wrongIn: runs.unknownIn },
  networks: { title: "Networks", Shown: NetworksPart, wrongIn: networks.unknownIn },
  try: { title: "Try", Shown: TryPart, wrongIn: tried.unknownIn },
  train: { title: "Train here", Shown: TrainPart, wrongIn: settings.wrongIn },
};

export function Board(): JSX.Element {
  const { part, given, strange } = here.value;
  const { Shown, wrongIn } = SHOWN[part];
  const problems = strange === undefined ? wrongIn(given) : [unknownPart(strange)];
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
        <Problems problems={problems} title="Not all of this address can be shown:" />
        <Shown />
      </main>
    </>
  );
}

function unknownPart(name: string): Problem {
  return wrongAddress(name, {
    code: "unknown-name",
    rule: "an address begins with a part of the board",
    got: name,
    wanted: PARTS.map((part) => addressOf(part)).join(", "),
    hint: closest(name.replace(/^\/|\?.*$/gs, ""), PARTS, "choose one of them above"),
  });
}
