/** Changed files are read or refused, whatever is changed: a small campaign against each reader. */
import { assertEquals } from "@std/assert";
import { campaign } from "./campaign.ts";
import { READERS } from "./readers.ts";

for (const [reader, { share = 1, missing }] of Object.entries(READERS)) {
  const name = `the reader ${reader} reads changed files, or refuses them by a problem`;
  const ignore = await missing?.() !== undefined && !Deno.env.has("NETFOLD_REQUIRE_TORCH");
  Deno.test({ name, ignore }, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const tally = await campaign({
        reader,
        seed: 0,
        from: 0,
        to: Math.ceil(200 * share),
        folder,
      });
      assertEquals(tally.failures, []);
      assertEquals(tally.accepted + tally.refused, tally.cases);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
