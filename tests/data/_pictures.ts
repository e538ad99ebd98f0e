/** A folder of pictures for tests: files of every kind that people have, whole and broken. */
import { dirname, join } from "@std/path";
import { encode as encodePng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";

/** A CMYK JPEG of 24 x 16 pixels that libvips wrote. */
export const CMYK: Uint8Array = Uint8Array.fromBase64(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0O" +
    "EQ4LCxAWEBETFBUVFQwPFxgWFBgSFBUU/8AAFAgAEAAYBEMRAE0RAFkRAEsRAP/EABsAAAEFAQEAAAAAAAAA" +
    "AAAAAAgEBQYHCQMK/8QALhAAAQMDAgUCBAcAAAAAAAAAAQIDBAAGEQUHCBITITFBYSIyceEJFFFikbHB/9oA" +
    "DgRDAE0AWQBLAAA/AM7bR2w16dPb5Ii0jI78tDbrn4cu6MVtTgt+WEDyoNFValonRnuyX21fRQo2GOKe2lqH" +
    "O9lfoFHAFHpw4bP3EXYnJEdUE4OAg96r3V+DO+9HcIf0uQjHnmbI/wArot5tpGSoAU5McRVuzEK6cpCnXO2c" +
    "9kitJ9orJm27ADs4cjigPhPpUckcPFw6atXXjKR6YUCMVELnveFpndxwISnwD5NSW3b9h648yzDcDgzkqHis" +
    "o7f2kuDT5CFNtLBB/Q16Sqy5g8R2rMrBb1059nvvSebw+WjMQUmAgZ/aKKzYm9r02/caaMfrxDjmbWnI/rIp" +
    "HL0iFPaU3IiMvIV5C2wc1Y9pcXl2aYjkGoKkRz5Ss8wP81DLh4Qrb1EdSG4uM+nukpOKMq0NyIVzMNh5CoUo" +
    "ju258pPsapfcThet25S5IhxUR3D35APh+1Oeq76OXVla31NOq8pKsg/Sltl7Y6zYD6EqH5yKk46iPmA9xX//" +
    "2Q==",
);

/** A picture of one colour with some change in it, as RGB bytes. */
function pixels(width: number, height: number, hue: number, channels: number): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const at = Math.floor(i / channels);
    if (i % channels === 3) return 255;
    return i % channels === hue % 3 ? 200 + (at % width) % 40 : 40 + (at * 7) % 50;
  });
}

/** A PNG of RGB, or of grey when there is one channel, of 8 or 16 bits. */
export function png(
  width: number,
  height: number,
  { hue = 0, channels = 3, depth = 8 }: {
    readonly hue?: number;
    readonly channels?: 1 | 3;
    readonly depth?: 8 | 16;
  } = {},
): Uint8Array {
  const bytes = pixels(width, height, hue, channels);
  const data = depth === 8 ? bytes : Uint16Array.from(bytes, (byte) => byte * 257);
  return encodePng({ width, height, data, channels, depth });
}

/** A JPEG of RGB. */
export function jpeg(width: number, height: number, hue = 0): Uint8Array {
  const { data } = encodeJpeg({ width, height, data: pixels(width, height, hue, 4) }, 90);
  return Uint8Array.from(data);
}

/** Writes files into a new folder, does something with it, and removes it. */
export async function withFolder(
  files: Readonly<Record<string, Uint8Array | string>>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, content] of Object.entries(files)) {
      const target = join(folder, path);
      await Deno.mkdir(path.endsWith("/") ? target : dirname(target), { recursive: true });
      if (path.endsWith("/")) continue;
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(target, bytes);
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
