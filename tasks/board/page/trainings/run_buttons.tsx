/** What stops a run that the board trains, and resumes one that was stopped. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { Problems } from "../problems.tsx";
import { going, known, resume, stop } from "./state.ts";

export function RunButtons(
  { id, isStopped }: { readonly id: string; readonly isStopped: boolean },
): JSX.Element | null {
  const problems = useSignal<readonly Problem[]>([]);
  const training = going.value.get(id);
  if (known.value === undefined) return null;
  const act = async (work: typeof stop) => {
    const done = await work(id);
    problems.value = done._tag === "Left" ? done.left : [];
  };
  return (
    <>
      {training !== undefined && (
        <button
          type="button"
          aria-label={`Stop ${id}`}
          disabled={training.state === "stopping"}
          onClick={() => act(stop)}
        >
          {training.state === "stopping" ? "Stopping ..." : "Stop"}
        </button>
      )}
      {training === undefined && isStopped && (
        <button
          type="button"
          aria-label={`Resume ${id}`}
          onClick={() => act(resume)}
        >
          Resume
        </button>
      )}
      <Problems problems={problems.value} title="Not done:" />
    </>
  );
}
