/** The masks that a run has kept as it trained. */
import { attempt, orThrow, type Result } from "../fp.ts";
import { type KeptMasks, masksFile, readMasks } from "../masks/kept_masks.ts";
import { noRun, placeOf } from "./_place.ts";

/** What a run has kept; nothing of a run that was not asked to. */
export function keptMasks(root: string, id: string): Promise<Result<KeptMasks>> {
  return attempt(async () => {
    const folder = orThrow(await placeOf(root, id));
    const found = await Deno.lstat(masksFile({ folder })).catch(() => undefined);
    if (found?.isSymlink) throw noRun(id);
    return orThrow(await readMasks({ folder }));
  });
}
