/** What tells the network of a run from that of the run that was selected first. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { diff } from "../../../../dsl/interpreters/diff/diff.ts";
import { renderDiff } from "../../../../dsl/interpreters/diff/text.ts";
import type { RunDetails } from "../../wire.ts";
import { useAsked } from "../asked.ts";
import { Problems } from "../problems.tsx";
import { plannedOf } from "./planned.ts";

export function RunDifference(
  { details, first }: { readonly details: RunDetails; readonly first: string },
): JSX.Element | null {
  const { found: other, problems } = useAsked<RunDetails>(
    { path: "run", given: [["run", first]] },
    first,
  );
  const text = useMemo(() => {
    const [from, to] = [other && plannedOf(other), plannedOf(details)];
    // The summary of a network that is none says what is wrong with it.
    if (from?._tag !== "Right" || to._tag === "Left") return undefined;
    return renderDiff(diff(from.right, to.right), {
      names: { before: first, after: details.run.id },
    });
  }, [other, details]);
  if (text === undefined) {
    return <Problems problems={problems} title={`The run ${first} cannot be read:`} />;
  }
  return (
    <details>
      <summary>How its network differs from that of {first}</summary>
      <pre class="difference" tabIndex={0}>{text}</pre>
    </details>
  );
}
