/** The masks of a run through its epochs, as `train --masks` has kept them: to move through, and to play. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { KeptEpoch, KeptMask, KeptMasks, KeptPicture } from "../../../masks/kept_masks.ts";
import type { FeatureMap } from "../../../masks/maps.ts";
import { count } from "../../../terminal/format.ts";
import { useAsked } from "../asked.ts";
import { LookView } from "../look_view.tsx";
import { Problems } from "../problems.tsx";
import { Slider } from "../slider.tsx";
import type { Look, Shown } from "../worker/messages.ts";
import { courses } from "./state.ts";

/** Milliseconds that each epoch is seen while they are played. */
const EACH_MS = 400;

/** Shows them; nothing of a run that keeps none. They grow while it trains. */
export function Masks({ id }: { readonly id: string }): JSX.Element | null {
  const epochs = courses.value.get(id)?.epochs.length;
  const { found, problems } = useAsked<KeptMasks>({ path: "masks", given: [["run", id]] }, epochs);
  return (
    <>
      <Problems problems={problems} title="Its masks cannot be read:" />
      {found !== undefined && found.epochs.length > 0 && <Through id={id} kept={found} />}
    </>
  );
}

function Through(
  { id, kept: { pictures, epochs } }: { readonly id: string; readonly kept: KeptMasks },
): JSX.Element {
  /** The epoch that is seen, by its place; the last one where nothing is chosen. */
  const chosen = useSignal<number | undefined>(undefined);
  const isPlaying = useSignal(false);
  const last = epochs.length - 1;
  const place = Math.min(chosen.value ?? last, last);
  useEffect(() => {
    if (!isPlaying.value) return;
    const timer = setTimeout(() => {
      chosen.value = place + 1;
      isPlaying.value = place + 1 < last;
    }, EACH_MS);
    return () => clearTimeout(timer);
  }, [isPlaying.value, place, last]);
  const play = () => {
    if (!isPlaying.value && place === last) chosen.value = 0;
    isPlaying.value = !isPlaying.value && last > 0;
  };
  const shown = useMemo(() => pictures.map(shownOf), [pictures]);
  const epoch = epochs[place];
  const looks = useMemo(() => epoch?.looks.map(lookOf), [epoch]);
  return (
    <section class="masks" aria-label={`The masks of ${id} through its epochs`}>
      <h3>Masks through the epochs</h3>
      <p class="note">
        Test pictures, and beside each the masks of the attentions, the mean of their channels: the
        smallest number is dark, the largest bright.
      </p>
      <div class="tools">
        <Slider
          title="Epoch"
          range={{ least: 0, most: last, each: 1 }}
          value={place}
          text={(value) => `${epochs[value]?.epoch ?? ""}`}
          onChange={(value) => {
            isPlaying.value = false;
            chosen.value = value;
          }}
        />
        <button type="button" disabled={last === 0} onClick={play}>
          {isPlaying.value ? "Pause" : "Play"}
        </button>
        <span class="note">
          {epoch?.step === 0 ? "the first weights" : `after ${count(epoch?.step ?? 0)} steps`}
        </span>
      </div>
      <div class="looks">
        {shown.map((one, i) => <LookView key={i} shown={one} look={looks?.[i]} channel={0} />)}
      </div>
    </section>
  );
}

function shownOf({ label, height, width, pixels }: KeptPicture): Shown {
  return { label, picture: { height, width, pixels: bytesOf(pixels) } };
}

function lookOf({ guess, probability, masks }: KeptEpoch["looks"][number]): Look {
  return {
    guess,
    probability,
    masks: masks.map((mask) => ({ path: mask.path, map: mapOf(mask) })),
  };
}

function mapOf({ height, width, low, high, pixels }: KeptMask): FeatureMap {
  const data = Float32Array.from(bytesOf(pixels), (byte) => low + byte / 255 * (high - low));
  return { height, width, channels: 1, data };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
