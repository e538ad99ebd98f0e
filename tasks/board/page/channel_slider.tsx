/** A slider for the channel of maps, from 1; 0 is the mean over all. */
import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { Slider } from "./slider.tsx";

export function ChannelSlider(
  { channel, most }: { readonly channel: Signal<number>; readonly most: number },
): JSX.Element {
  return (
    <Slider
      title="Channel"
      range={{ least: 0, most, each: 1 }}
      value={channel.value}
      text={(value) => value === 0 ? "all" : `${value}`}
      onChange={(value) => channel.value = value}
    />
  );
}
