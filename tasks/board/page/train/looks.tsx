/** What the network makes of some pictures that it does not learn from, and where its masks attend. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { count, percent } from "../../../terminal/format.ts";
import { ChannelSlider } from "../channel_slider.tsx";
import { coloursOf, pixelsOf, rangeOf, shownMap } from "../pixels.ts";
import { Tile } from "../tile.tsx";
import type { Look, Shown } from "../worker/messages.ts";
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
          <OneLook key={i} shown={one} look={looks[i]} channel={channel.value} />
        ))}
      </div>
    </>
  );
}

function OneLook(
  { shown: { picture, label }, look, channel }: {
    readonly shown: Shown;
    readonly look: Look | undefined;
    readonly channel: number;
  },
): JSX.Element {
  const pixels = useMemo(() => pixelsOf(picture), [picture]);
  const masks = useMemo(() =>
    look?.masks.map(({ path, map }) => {
      const shown = shownMap(map, channel);
      return { path, range: rangeOf(shown), pixels: coloursOf(shown) };
    }), [look, channel]);
  return (
    <figure>
      <figcaption>
        {label}
        <span class="said">
          {look && `taken for ${look.guess}, ${percent(look.probability, 0)}`}
        </span>
      </figcaption>
      <Tile pixels={pixels} name={label} line="picture" />
      {masks?.map(({ path, range, pixels }) => (
        <Tile key={path} pixels={pixels} name={`mask of ${path}, ${range}`} line={range} />
      ))}
    </figure>
  );
}
