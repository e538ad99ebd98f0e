/** What keeps people from using a page, as axe finds it. */
import project from "../../deno.json" with { type: "json" };
import { npmFile } from "../../tasks/files/npm_file.ts";
import type { Page } from "./_page.ts";

const library = project.imports["axe-core"];
await import(`${library}/package.json`, { with: { type: "json" } });
const axe = new TextDecoder().decode(await npmFile(`${library}/axe.min.js`));

/** The rules of axe that a page breaks, each with where. */
export async function faults(page: Page): Promise<readonly unknown[]> {
  await page.value(`${axe}; 0`);
  return await page.value(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) =>
      [id, ...nodes.map(({ html }) => html)].join(" ")))`,
  );
}
