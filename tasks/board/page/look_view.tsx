/** What a network makes of a picture, and where its masks attend. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { percent } from "../../terminal/format.ts";
import { coloursOf, pixelsOf, rangeOf, shownMap } from "./pixels.ts";
import { Tile } from "./tile.tsx";
import type { Look, Shown } from "./worker/messages.ts";

export function LookView(
  { shown: { picture, label }, look, channel }: {
    readonly shown: Shown;
    readonly look: Look | undefined;
    /** The channel of the masks, from 1; 0 is the mean over all. */
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
