/** Where an exported board has its answers: in a file for each question, which no server has to know. */

/** The folder of the answers, beside the page. */
const FOLDER = "data";

/** Characters of a name that stand in the name of one folder or file: systems bear 255 bytes. */
const MOST = 60;

/** A question: its path on the board's server, and what is given with it, in order. */
export interface Question {
  readonly path: string;
  readonly given: readonly (readonly [name: string, value: string])[];
}

/**
 * The file with the answer to a question, as seen from the page: another one for every question, also
 * where a file system takes large letters for small ones, whatever a run is called.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { exportedAt } from "./exported.ts";
 *
 * assertEquals(exportedAt({ path: "runs", given: [] }), "data/runs.json");
 * assertEquals(exportedAt({ path: "run", given: [["run", "a/B"]] }), "data/run/run-a~2f~42.json");
 * ```
 */
export function exportedAt({ path, given }: Question): string {
  const ending = path === "checkpoint" ? "safetensors" : "json";
  const names = given.map(([name, value]) => `${name}-${escaped(value)}`);
  return `${[FOLDER, path, ...names].join("/")}.${ending}`;
}

/** Whether an address is that of such a file. */
export function isExportedAt(address: string): boolean {
  return address.startsWith(`${FOLDER}/`);
}

/** A text of characters that every file system and every address has; long ones in several folders. */
function escaped(text: string): string {
  const parts = Array.from(new TextEncoder().encode(text), (byte) => {
    const letter = String.fromCharCode(byte);
    return /[a-z0-9-]/.test(letter) ? letter : `~${byte.toString(16).padStart(2, "0")}`;
  });
  const count = Math.max(1, Math.ceil(parts.length / MOST));
  return Array.from({ length: count }, (_, i) => parts.slice(i * MOST, (i + 1) * MOST).join(""))
    .join("/");
}
