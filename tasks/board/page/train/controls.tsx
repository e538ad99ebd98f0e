/** What is trained next: the numbers of a small attention network, and the buttons that start and stop. */
import type { JSX } from "preact";
import { EngineChoice } from "../engine_choice.tsx";
import { Slider } from "../slider.tsx";
import { DataChoice } from "./data_choice.tsx";
import { LEARNINGS, numberIn, NUMBERS, wordIn } from "./settings.ts";
import { set, settings, start, stop, trainings } from "./state.ts";
import { isGoing } from "./training.ts";

export function Controls(): JSX.Element {
  const { value: chosen } = settings;
  const last = trainings.value.at(-1);
  const submit = (event: Event) => {
    event.preventDefault();
    start();
  };
  return (
    <form onSubmit={submit}>
      {(["p", "t", "r"] as const).map((name) => {
        const { title, least, most } = NUMBERS[name];
        return (
          <Slider
            key={name}
            title={title}
            range={{ least, most, each: 1 }}
            value={chosen[name]}
            onChange={(value) => set({ [name]: value })}
          />
        );
      })}
      <label class="row">
        Learning{" "}
        <select
          value={chosen.learning}
          onChange={({ currentTarget: { value } }) =>
            set({ learning: wordIn(LEARNINGS, value) ?? LEARNINGS[0] })}
        >
          {LEARNINGS.map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
      </label>
      <div class="pair">
        {(["seed", "steps"] as const).map((name) => {
          const { title, least, most } = NUMBERS[name];
          return (
            <label key={name} class="row">
              {title}{" "}
              <input
                type="number"
                required
                min={least}
                max={most}
                step={1}
                value={chosen[name]}
                onInput={({ currentTarget: { value } }) => {
                  const number = numberIn(name, value);
                  if (number !== undefined) set({ [name]: number });
                }}
              />
            </label>
          );
        })}
      </div>
      <DataChoice />
      <EngineChoice />
      <p class="tools">
        <button type="submit">{last === undefined ? "Start" : "Start again"}</button>
        <button type="button" disabled={last === undefined || !isGoing(last)} onClick={stop}>
          Stop
        </button>
      </p>
    </form>
  );
}
