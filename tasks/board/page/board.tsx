/** The board: its parts, and the way from one to the other. */
import type { JSX } from "preact";
import { addressOf, type Part, PARTS } from "./address.ts";
import { here, left } from "./here.ts";
import { NetworksPart } from "./networks/networks_part.tsx";
import { RunsPart } from "./runs/runs_part.tsx";

const TITLES: Readonly<Record<Part, string>> = { runs: "Runs", networks: "Networks" };

export function Board(): JSX.Element {
  const { part } = here.value;
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
              {TITLES[name]}
            </a>
          ))}
        </nav>
      </header>
      <main>{part === "runs" ? <RunsPart /> : <NetworksPart />}</main>
    </>
  );
}
