/** Which data set is trained with: `shapes`, or pictures of CIFAR-10 where the board's server has them. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import type { Cifar10There } from "../../wire.ts";
import { isExported } from "../ask.ts";
import { useAsked } from "../asked.ts";
import { Problems } from "../problems.tsx";
import { DATA, wordIn } from "./settings.ts";
import { set, settings } from "./state.ts";

export function DataChoice(): JSX.Element {
  return isExported ? <Choice problems={[notServed()]} /> : <ServedChoice />;
}

/** The choice as the server says it, which is asked anew whenever somebody turns to it. */
function ServedChoice(): JSX.Element {
  const looks = useSignal(0);
  const { found, problems } = useAsked<Cifar10There>({ path: "cifar10", given: [] }, looks.value);
  return (
    <Choice
      problems={[...problems, ...found?.problems ?? []]}
      onTurn={() => looks.value++}
    />
  );
}

function Choice(
  { problems, onTurn }: { readonly problems: readonly Problem[]; readonly onTurn?: () => void },
): JSX.Element {
  const { value: { data } } = settings;
  return (
    <>
      <label class="row">
        Data{" "}
        <select
          value={data}
          onFocus={onTurn}
          onChange={({ currentTarget: { value } }) => set({ data: wordIn(DATA, value) ?? DATA[0] })}
        >
          {DATA.map((one) => (
            <option key={one} value={one} disabled={one === "cifar10" && problems.length > 0}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {problems.length > 0 && (
        <details class="note">
          <summary>Why cifar10 cannot be chosen</summary>
          <Problems problems={problems} title="Its pictures are not there:" />
        </details>
      )}
    </>
  );
}

function notServed(): Problem {
  return {
    path: "cifar10",
    layer: "data set",
    code: "not-found",
    rule: "pictures of CIFAR-10 come from the board's own server",
    got: "an exported board",
    wanted: "a board that runs",
    hint: "start one where netfold is installed",
  };
}
