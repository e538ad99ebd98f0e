/** Which network is tried, and where its pictures come from. */
import type { JSX } from "preact";
import { PRETRAINED_NAMES } from "../../../networks/pretrained.ts";
import { isExported } from "../ask.ts";
import { EngineChoice } from "../engine_choice.tsx";
import { table } from "../runs/state.ts";
import { Slider } from "../slider.tsx";
import { type Source, WEIGHTS } from "./source.ts";
import { add, choose, opacity, source } from "./state.ts";

/** What can be chosen, each kind under its title. */
const TITLES: Readonly<Record<Source["kind"], string>> = {
  pretrained: "Pretrained",
  run: "Runs",
};

export function Controls(): JSX.Element {
  const { value: chosen } = source;
  const { kind, name } = chosen;
  const names = {
    pretrained: PRETRAINED_NAMES,
    run: (table.value?.runs ?? []).map(({ id }) => id),
  };
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <label class="row">
        Network{" "}
        <select
          value={`${kind} ${name}`}
          onChange={({ currentTarget: { value } }) => choose(chosenBy(value))}
        >
          {(["pretrained", "run"] as const).map((one) => (
            <optgroup key={one} label={TITLES[one]}>
              {one === kind && !names[one].includes(name) && <Choice kind={one} name={name} />}
              {names[one].map((each) => <Choice key={each} kind={one} name={each} />)}
            </optgroup>
          ))}
        </select>
      </label>
      {chosen.kind === "run" && !isExported && (
        <label class="row">
          Weights{" "}
          <select
            value={chosen.weights}
            onChange={({ currentTarget: { value } }) => choose({ ...chosen, weights: value })}
          >
            {WEIGHTS.some((one) => one === chosen.weights) ||
              <option value={chosen.weights}>{chosen.weights}</option>}
            {WEIGHTS.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
      )}
      <EngineChoice />
      <label class="row">
        Pictures, which can also be dropped on the page or pasted{" "}
        <input
          type="file"
          multiple
          accept=".png,.jpg,.jpeg,.webp,.ppm"
          onChange={({ currentTarget }) => {
            void add(currentTarget.files ?? []);
            currentTarget.value = "";
          }}
        />
      </label>
      <Slider
        title="Opacity over the picture"
        range={{ least: 0, most: 100, each: 5 }}
        value={opacity.value}
        text={(value) => `${value} %`}
        onChange={(value) => opacity.value = value}
      />
    </form>
  );
}

function Choice({ kind, name }: Pick<Source, "kind" | "name">): JSX.Element {
  return <option value={`${kind} ${name}`}>{name}</option>;
}

/** The network that a choice stands for. */
function chosenBy(value: string): Source {
  const [, kind, name = ""] = /^(\w+) (.*)$/s.exec(value) ?? [];
  return kind === "run" ? { kind, name, weights: WEIGHTS[0] } : { kind: "pretrained", name };
}
