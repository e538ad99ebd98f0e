/** What differs between the network and another one, as `netfold diff` says it. */
import type { JSX } from "preact";
import { diff } from "../../../../dsl/interpreters/diff/diff.ts";
import { renderDiff } from "../../../../dsl/interpreters/diff/text.ts";
import { ZOO_NAMES } from "../../../../nets/zoo.ts";
import { Problems } from "../problems.tsx";
import { titleOf, ZOO } from "./spec.ts";
import { compareWith, other, otherShown, shown, spec } from "./state.ts";

const [NONE, KEPT, THIS] = ["", "kept", "this"];

export function Difference(): JSX.Element {
  const to = other.value;
  const value = to === undefined ? NONE : isPlain() ? titleOf(to) : KEPT;
  const compare = (name: string) => {
    if (name === KEPT) return;
    compareWith(name === NONE ? undefined : name === THIS ? spec.peek() : { kind: ZOO, name });
  };
  const [before, after] = [otherShown.value, shown.value];
  return (
    <>
      <p class="tools">
        <label>
          Compare with{" "}
          <select value={value} onChange={(event) => compare(event.currentTarget.value)}>
            <option value={NONE}>nothing</option>
            <option value={THIS}>this network as it is now</option>
            {value === KEPT && to && (
              <option value={KEPT}>
                {before?._tag === "Right" ? before.right.name : titleOf(to)}, as it was
              </option>
            )}
            {ZOO_NAMES.map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
      </p>
      {before?._tag === "Left" && (
        <Problems problems={before.left} title="The other network does not fit together:" />
      )}
      {before?._tag === "Right" && after?._tag === "Right" && (
        <pre class="difference" tabIndex={0}>
          {renderDiff(diff(before.right.plan, after.right.plan), {
            names: { before: before.right.name, after: after.right.name },
          })}
        </pre>
      )}
    </>
  );
}

/** Whether the other network is one of the zoo as it is. */
function isPlain(): boolean {
  const to = other.value;
  return to?.kind === ZOO && to.input === undefined && to.classes === undefined &&
    ZOO_NAMES.includes(to.name);
}
