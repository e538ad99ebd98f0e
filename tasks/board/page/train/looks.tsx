/** What the network makes of some pictures that it does not learn from, and where its masks attend. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { count } from "../../../terminal/format.ts";
import { ChannelSlider } from "../channel_slider.tsx";
import { LookView } from "../look_view.tsx";
import type { Training } from "./training.ts";

export function Looks({ training }: { readonly training: Training }): JSX.Element {
  const channel = useSignal(0);
  const { shown, looks, step } = training;
  const most = Math.max(0, ...looks.flatMap(({ masks }) => masks.map(({ map }) => map.channels)));
  return (
    <>
      <h2>Masks</h2>
      <p class="note">
        {step > 0 && `After ${count(step)} steps. `}
        Test pictures, and beside each the masks of the attentions: the smallest number is dark, the
        largest bright.
      </p>
      <ChannelSlider channel={channel} most={most} />
      <div class="looks">
        {shown.map((one, i) => (
          <LookView key={i} shown={one} look={looks[i]} channel={channel.value} />
        ))}
      </div>
    </>
  );
}
