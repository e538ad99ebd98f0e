/** Text that wants to break out of its place, and whether an output keeps it there. */
import * as fc from "fast-check";

const PIECES = [
  '"',
  '"""',
  "'''",
  "'",
  "\\",
  "\n",
  "\r",
  "\r\n",
  "\0",
  "\x1b[2J",
  "\x9b31m",
  "\x7f",
  "\u2028",
  "\u2029",
  "\u202e",
  "\u2066",
  "\ufeff",
  "]]>",
  "-->",
  "</script>",
  "<b>",
  "&lt;",
  "#lt;",
  "%%{init: {}}%%",
  "`",
  "|",
  "$(touch x)",
  "${x}",
  "; touch x",
  "import os",
  "\ud800",
  "\udc00",
  "\uffff",
  "~",
  "-",
  ",",
  "=",
  "*",
  "猫",
  "é",
  "\u{1f468}\u200d\u{1f469}",
] as const;

/** Names that nobody gives a class, a file or a layer in good faith. */
export const hostile: fc.Arbitrary<string> = fc.array(
  fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 4 })),
  { minLength: 1, maxLength: 6 },
).map((pieces) => `a${pieces.join("")}`);

/** Every piece in one name. */
export const worst: string = PIECES.join("a");

/** What nobody sees, or what steers a terminal. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Cf}]/gu;

/** The characters of an output that it should not have; line breaks are its own. */
export function unseenIn(text: string): readonly string[] {
  return (text.match(UNSEEN) ?? []).filter((one) => !["\n", "\u200c", "\u200d"].includes(one));
}
