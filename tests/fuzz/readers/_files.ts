/** Whole files to begin with, and changes of text. */
import { join } from "@std/path";
import { type Bytes, textBytes } from "../bytes.ts";
import type { Dice } from "../dice.ts";
import { changedJsonText } from "../json.ts";

/** The run folders of the fixtures. */
export const FIXTURES: string = join(import.meta.dirname ?? "", "../../fixtures/run_0_2");

export function files(folder: string, ...names: readonly string[]): Promise<readonly Bytes[]> {
  return Promise.all(names.map((name) => Deno.readFile(join(folder, name))));
}

export function textOf(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}

export function changedJsonBytes(bytes: Bytes, dice: Dice): Bytes {
  return textBytes(changedJsonText(textOf(bytes), dice));
}

export function changedLines(bytes: Bytes, dice: Dice): Bytes {
  const lines = textOf(bytes).split("\n");
  const at = dice.below(lines.length);
  return textBytes(lines.with(at, changedJsonText(lines[at] ?? "", dice)).join("\n"));
}
