/**
 * SVG as PNG, for those who cannot use SVG: resvg compiled to WebAssembly, with a font of its own,
 * so that the picture is the same on every machine. Both packages are loaded on the first picture.
 */
import { npmFile } from "../files/npm_file.ts";
import { refused, type Result, right } from "../fp.ts";

// Put together at run time, so that a program that draws no PNG does not fetch them.
export const RESVG = "npm:@resvg/resvg-wasm@2.6.2";
// As wide as Helvetica and Arial, for which the charts are laid out.
export const FONT = "npm:@expo-google-fonts/arimo@0.4.3";
const FAMILY = "Arimo";

interface Renderer {
  readonly Resvg: new (svg: string, options: object) => {
    render(): { asPng(): Uint8Array };
  };
  readonly fonts: readonly Uint8Array[];
}

let loading: Promise<Renderer> | undefined;

/** Draws an SVG as PNG, `scale` pixels for each of its units; 2 prints well. */
export async function svgToPng(
  svg: string,
  { scale = 2 }: { readonly scale?: number } = {},
): Promise<Result<Uint8Array>> {
  try {
    loading ??= load();
    const { Resvg, fonts } = await loading;
    const picture = new Resvg(svg, {
      fitTo: { mode: "zoom", value: scale },
      background: "white",
      font: {
        fontBuffers: fonts,
        defaultFontFamily: FAMILY,
        sansSerifFamily: FAMILY,
        monospaceFamily: FAMILY,
      },
    });
    return right(picture.render().asPng());
  } catch (error) {
    loading = undefined;
    return refused({ path: "png", layer: "package", code: "package-missing" }, {
      rule: "the packages that make PNG files must load and draw",
      got: error instanceof Error ? error.message : String(error),
      wanted: "the packages @resvg/resvg-wasm and @expo-google-fonts/arimo",
      hint: "run once with a network, so that Deno can fetch them; the SVG holds the same picture",
    });
  }
}

async function load(): Promise<Renderer> {
  const resvg: Pick<Renderer, "Resvg"> & { initWasm(wasm: Uint8Array): Promise<void> } =
    await import(RESVG);
  await import(`${FONT}/package.json`, { with: { type: "json" } });
  await resvg.initWasm(await npmFile(`${RESVG}/index_bg.wasm`));
  const fonts = await Promise.all([
    npmFile(`${FONT}/400Regular/Arimo_400Regular.ttf`),
    npmFile(`${FONT}/700Bold/Arimo_700Bold.ttf`),
  ]);
  return { Resvg: resvg.Resvg, fonts };
}
