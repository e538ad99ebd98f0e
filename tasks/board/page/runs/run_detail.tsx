/** What there is to know of one run: its recipe, its engine, what it got wrong, its masks, every setting, and its network. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { count, duration } from "../../../terminal/format.ts";
import type { RunDetails } from "../../wire.ts";
import { useAsked } from "../asked.ts";
import { linkTo } from "../networks/packed.ts";
import { SummaryTable } from "../networks/summary_table.tsx";
import { addressOf } from "../address.ts";
import { Problems } from "../problems.tsx";
import { RunButtons } from "../trainings/run_buttons.tsx";
import { paramsOf } from "../try/source.ts";
import { COLUMNS } from "./columns.ts";
import { Kept } from "./kept.tsx";
import { Masks } from "./masks.tsx";
import { plannedOf } from "./planned.ts";
import { RunDifference } from "./run_difference.tsx";
import { drawn, runOf } from "./state.ts";

export function RunDetail({ id }: { readonly id: string }): JSX.Element {
  const run = runOf(id);
  // One that is resumed may be longer, and another may have taken its place.
  const settled = JSON.stringify([run?.begun, run?.settings]);
  const { found, problems } = useAsked<RunDetails>({ path: "run", given: [["run", id]] }, settled);
  return (
    <section aria-label={`Run ${id}`}>
      <h2>{id}</h2>
      <Problems problems={problems} title="This run cannot be read:" />
      {found && <Known details={found} />}
    </section>
  );
}

function Known({ details }: { readonly details: RunDetails }): JSX.Element {
  const run = runOf(details.run.id) ?? details.run;
  const { recipe = "" } = details;
  const facts: readonly (readonly [string, string])[] = [
    ...COLUMNS.slice(1).map(({ title, text }) => [title, text(run)] as const),
    ["recipe", recipe],
    ["engine", run.engines.join("; ") || (run.settings.engine ?? "")],
    ["steps", `${count(run.steps)} in ${duration(run.seconds)}`],
  ];
  const [first] = drawn.value;
  const network = paramsOf({ kind: "run", name: run.id, weights: "best" });
  return (
    <>
      <p class="tools">
        <a href={addressOf("try", network)}>Try it on pictures</a>
        <RunButtons id={run.id} isStopped={run.state === "stopped"} />
      </p>
      <Pairs pairs={facts.filter(([, text]) => text !== "")} />
      {drawn.value.length === 1 && <Kept id={run.id} />}
      {drawn.value.length === 1 && <Masks id={run.id} />}
      <details>
        <summary>Every setting</summary>
        <Pairs pairs={Object.entries(run.settings)} />
      </details>
      <RunNetwork details={details} />
      {first !== undefined && first !== run.id && <RunDifference details={details} first={first} />}
    </>
  );
}

function RunNetwork({ details }: { readonly details: RunDetails }): JSX.Element {
  const { run, net, input } = details;
  const link = useSignal("");
  useEffect(() => {
    linkTo(JSON.stringify(net), { name: run.network, input }).then((found) => link.value = found);
  }, [details]);
  const planned = useMemo(() => plannedOf(details), [details]);
  return planned._tag === "Left"
    ? <Problems problems={planned.left} title="Its network is not in netfold's own language:" />
    : (
      <details>
        <summary>Its network, {run.network}</summary>
        <p>
          <a href={link}>Open it among the networks</a>
        </p>
        <SummaryTable plan={planned.right} name={run.network} />
      </details>
    );
}

function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, string])[] }): JSX.Element {
  return (
    <dl>
      {pairs.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
