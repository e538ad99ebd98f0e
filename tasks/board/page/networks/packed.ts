/** Text in an address: deflated, in the alphabet of base64 that an address keeps as it is. */
import { addressOf } from "../address.ts";
import { JSON_NET, type NetworkSpec, paramsOf } from "./spec.ts";

const OPTIONS = { alphabet: "base64url", omitPadding: true } as const;

/** The longest text that is unpacked, in bytes: a link can be made by anyone. */
const LARGEST = 32 * 2 ** 20;

/** A text as an address holds it. */
export async function packed(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  return bytes.toBase64(OPTIONS);
}

/** The text that was packed; nothing of what is no such text. */
export async function unpacked(code: string): Promise<string | undefined> {
  try {
    const bytes = Uint8Array.fromBase64(code, { alphabet: "base64url" });
    return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
  } catch {
    return undefined;
  }
}

/** A link to a network of this name that a JSON text describes. */
export async function linkTo(
  text: string,
  { name, input }: { readonly name: string; readonly input: readonly number[] },
): Promise<string> {
  const code = await packed(text);
  const spec: NetworkSpec = { kind: JSON_NET, code, name, input: input.join("x") };
  return addressOf("networks", new URLSearchParams(paramsOf(spec)));
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: BlobPart[] = [];
  let size = 0;
  for await (const part of new Blob([bytes]).stream().pipeThrough(stream)) {
    size += part.length;
    if (size > LARGEST) throw new RangeError("the text is too long");
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
