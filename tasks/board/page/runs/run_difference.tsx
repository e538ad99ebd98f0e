/** What tells the network of a run from that of the run that was selected first. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { diff } from "../../../../dsl/interpreters/diff/diff.ts";
import { renderDiff } from "../../../../dsl/interpreters/diff/text.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import type { RunDetails } from "../../wire.ts";
import { ask } from "../ask.ts";
import { Problems } from "../problems.tsx";
import { plannedOf } from "./planned.ts";

export function RunDifference(
  { details, first }: { readonly details: RunDetails; readonly first: string },
): JSX.Element | null {
  const before = useSignal<RunDetails | undefined>(undefined);
  const problems = useSignal<readonly Problem[]>([]);
  useEffect(() => {
    let isOver = false;
    before.value = undefined;
    problems.value = [];
    ask<RunDetails>("run", [["run", first]]).then((found) => {
      if (isOver) return;
      if (found._tag === "Right") before.value = found.right;
      else problems.value = found.left;
    });
    return () => isOver = true;
  }, [first]);
  const other = before.value;
  const text = useMemo(() => {
    const [from, to] = [other && plannedOf(other), plannedOf(details)];
    // The summary of a network that is none says what is wrong with it.
    if (from?._tag !== "Right" || to._tag === "Left") return undefined;
    return renderDiff(diff(from.right, to.right), {
      names: { before: first, after: details.run.id },
    });
  }, [other, details]);
  if (text === undefined) {
    return <Problems problems={problems.value} title={`The run ${first} cannot be read:`} />;
  }
  return (
    <details>
      <summary>How its network differs from that of {first}</summary>
      <pre class="difference" tabIndex={0}>{text}</pre>
    </details>
  );
}
