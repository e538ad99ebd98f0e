/** A slider for a number, which stands beside it. */
import type { JSX } from "preact";

export function Slider(
  { title, range: { least, most, each }, value, text = String, onChange }: {
    readonly title: string;
    readonly range: { readonly least: number; readonly most: number; readonly each: number };
    readonly value: number;
    /** The number as it stands beside the slider. */
    readonly text?: (value: number) => string;
    readonly onChange: (value: number) => void;
  },
): JSX.Element {
  return (
    <label class="slider">
      <span>{title}</span>
      <input
        type="range"
        min={least}
        max={most}
        step={each}
        value={value}
        onInput={(event) => onChange(event.currentTarget.valueAsNumber)}
      />
      <output>{text(value)}</output>
    </label>
  );
}
