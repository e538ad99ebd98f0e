/** Sliders and choices for the family's numbers. */
import type { JSX } from "preact";
import { Slider } from "../slider.tsx";
import {
  changed,
  CHOICE_NAMES,
  type ChoiceName,
  CHOICES,
  type Family,
  type FamilySaid,
  MOST_STAGES,
  nearestOf,
  NUMBERS,
  STAGE_NUMBERS,
  type StageNumberName,
} from "./family.ts";
import { FAMILY } from "./spec.ts";
import { choose, spec } from "./state.ts";

const TITLES: Readonly<Record<ChoiceName, string>> = {
  unit: "residual unit",
  activation: "attention",
  mask: "mask",
  learning: "learning",
  layout: "units outside modules",
  reading: "reading of r",
};

export function FamilyControls({ said }: { readonly said: FamilySaid }): JSX.Element {
  const family = nearestOf(said);
  const change = (what: Partial<Family>) => {
    const { input, classes } = spec.peek();
    choose({
      kind: FAMILY,
      family: changed(said, what),
      ...(input === undefined ? {} : { input }),
      ...(classes === undefined ? {} : { classes }),
    });
  };
  return (
    <>
      {NUMBERS.map(({ name, title, least, most }) => (
        <Slider
          key={name}
          title={title}
          range={{ least, most, each: 1 }}
          value={family[name]}
          onChange={(value) => change({ [name]: value })}
        />
      ))}
      <Stages family={family} onChange={change} />
      {STAGE_NUMBERS.map(({ name, title, least, most, each }) =>
        family[name].map((value, stage) => (
          <Slider
            key={`${name}${stage}`}
            title={`${title} of stage ${stage + 1}`}
            range={{ least, most, each }}
            value={value}
            onChange={(next) => change({ [name]: family[name].with(stage, next) })}
          />
        ))
      )}
      {CHOICE_NAMES.map((name) => (
        <label key={name} class="row">
          {TITLES[name]}{" "}
          <select
            value={family[name]}
            onChange={(event) => change({ [name]: event.currentTarget.value })}
          >
            {CHOICES[name].map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
      ))}
    </>
  );
}

/** How many stages there are; a new one has twice the channels of the last. */
function Stages(
  { family: { modules, widths }, onChange }: {
    readonly family: Pick<Family, StageNumberName>;
    readonly onChange: (what: Pick<Family, StageNumberName>) => void;
  },
): JSX.Element {
  const set = (count: number) => {
    const more = Array.from({ length: Math.max(0, count - widths.length) }, (_, i) => i);
    const last = widths.at(-1) ?? 32;
    onChange({
      modules: [...modules, ...more.map(() => 1)].slice(0, count),
      widths: [...widths, ...more.map((i) => Math.min(512, last * 2 ** (i + 1)))].slice(0, count),
    });
  };
  return (
    <Slider
      title="stages"
      range={{ least: 1, most: MOST_STAGES, each: 1 }}
      value={widths.length}
      onChange={set}
    />
  );
}
