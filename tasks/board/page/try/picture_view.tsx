/** What the network sees in a picture, and what each attention does there. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Attention } from "../../../masks/attention.ts";
import { duration, percent } from "../../../terminal/format.ts";
import { ChannelSlider } from "../channel_slider.tsx";
import { coloursOf, type Pixels, pixelsOf, rangeOf, shownMap } from "../pixels.ts";
import { Problems } from "../problems.tsx";
import { Tile } from "../tile.tsx";
import type { Tried } from "../worker/messages.ts";
import { opacity, type Picture, remove } from "./state.ts";

export function PictureView({ picture }: { readonly picture: Picture }): JSX.Element {
  const { id, file: { name }, tried, problems } = picture;
  return (
    <article aria-label={name}>
      <h2>{name}</h2>
      {problems && <Problems problems={problems} title="This picture cannot be looked at:" />}
      {tried && <Seen tried={tried} />}
      {tried === undefined && problems === undefined && <p class="note">Not looked at yet.</p>}
      <p class="tools">
        <button type="button" onClick={() => remove(id)}>Take it away</button>
        {tried && <span class="note">looked at in {duration(tried.seconds)}, with its maps</span>}
      </p>
    </article>
  );
}

function Seen({ tried }: { readonly tried: Tried }): JSX.Element {
  const pixels = useMemo(() => pixelsOf(tried.picture), [tried]);
  return (
    <>
      <div class="answer">
        <Tile
          pixels={pixels}
          name="the picture as the network sees it"
          line="as the network sees it"
        />
        <ol class="guesses">
          {tried.guesses.map(({ name, probability }) => (
            <li key={name}>
              <span>{name}</span>
              <meter min={0} max={1} value={probability} aria-label={name} />
              <span class="number">{percent(probability, 1)}</span>
            </li>
          ))}
        </ol>
      </div>
      {tried.cams.length > 0 && <Cams tried={tried} below={pixels} />}
      {tried.attentions.map((attention) => (
        <AttentionView key={attention.path} attention={attention} below={pixels} />
      ))}
    </>
  );
}

/** Where the network's last map speaks for each of the likeliest classes. */
function Cams(
  { tried: { guesses, cams }, below }: { readonly tried: Tried; readonly below: Pixels },
): JSX.Element {
  const shown = useMemo(
    () => cams.map((map) => ({ range: rangeOf(map), pixels: coloursOf(map) })),
    [cams],
  );
  return (
    <div class="cams">
      <h3>
        Grad-CAM <span class="said">what the last map has that speaks for a class</span>
      </h3>
      <div class="tiles">
        {shown.map(({ range, pixels }, i) => {
          const name = guesses[i]?.name ?? "";
          return (
            <Tile
              key={name}
              pixels={below}
              over={{ pixels, opacity: opacity.value / 100 }}
              name={`Grad-CAM of ${name}, ${range}`}
              line={`${name}, ${range}`}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The maps of an attention; of features the mean is that of their sizes, for they may be negative. */
const MAPS = [
  { of: "before", title: "trunk", size: true },
  { of: "mask", title: "mask", size: false },
  { of: "after", title: "product", size: true },
] as const;

function AttentionView(
  { attention, below }: { readonly attention: Attention; readonly below: Pixels },
): JSX.Element {
  const channel = useSignal(0);
  const { path, learning } = attention;
  const most = Math.max(...MAPS.map(({ of }) => attention[of].channels));
  const shown = useMemo(
    () =>
      MAPS.map(({ of, title, size }) => {
        const map = shownMap(attention[of], channel.value, { size });
        return { title, range: rangeOf(map), pixels: coloursOf(map) };
      }),
    [attention, channel.value],
  );
  return (
    <div class="attention">
      <h3>
        {path} <span class="said">{learning === "arl" ? "(1 + M) T" : "M T"}</span>
      </h3>
      <ChannelSlider channel={channel} most={most} />
      <div class="tiles">
        {shown.map(({ title, range, pixels }) => (
          <Tile
            key={title}
            pixels={below}
            over={{ pixels, opacity: opacity.value / 100 }}
            name={`${title} of ${path}, ${range}`}
            line={`${title}, ${range}`}
          />
        ))}
      </div>
    </div>
  );
}
