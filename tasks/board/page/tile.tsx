/** A small picture whose pixels stay squares, perhaps with another one over it, and a line below. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Pixels } from "./pixels.ts";

export function Tile(
  { pixels, over, name, line }: {
    readonly pixels: Pixels;
    /** What lies over it, and how much of that is seen, from 0 to 1. */
    readonly over?: { readonly pixels: Pixels; readonly opacity: number };
    /** What it shows, for who does not see it. */
    readonly name: string;
    readonly line: string;
  },
): JSX.Element {
  return (
    <span class="tile">
      <span class="layers" role="img" aria-label={name}>
        <Layer pixels={pixels} opacity={1} />
        {over && <Layer {...over} />}
      </span>
      <span>{line}</span>
    </span>
  );
}

function Layer(
  { pixels, opacity }: { readonly pixels: Pixels; readonly opacity: number },
): JSX.Element {
  const { height, width, rgba } = pixels;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [pixels]);
  return <canvas ref={canvas} width={width} height={height} style={{ opacity }} />;
}
