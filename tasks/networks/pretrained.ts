/** The names of pretrained networks, whose weights travel with netfold as runs in `nets/pretrained`. */
import index from "../../nets/pretrained/index.json" with { type: "json" };

/** The files of each by its name, with the SHA-256 of each. */
export const PRETRAINED: Readonly<Record<string, Readonly<Record<string, string>>>> = index;

/** Their names. */
export const PRETRAINED_NAMES: readonly string[] = Object.keys(PRETRAINED);

/** Whether a name is that of a pretrained network; a folder of that name is `./NAME`. */
export function isPretrained(name: string): boolean {
  return Object.hasOwn(PRETRAINED, name);
}

/** Where what is made of a run belongs: in its folder, of a pretrained network in one below `runs`. */
export function folderFor(run: string): string {
  return isPretrained(run) ? `runs/pretrained/${run}` : run;
}
