/** Every page of docs/extend is a complete script, which runs as a user of the package would run it. */
import { assert, assertEquals } from "@std/assert";
import { basename } from "@std/path";
import { blocksOf, documents, isCode } from "../../docs/_blocks.ts";
import type { Part } from "../_user.ts";

/** What a script that makes a run folder must be allowed. */
const RUNS = ["--allow-read", "--allow-write=."];

/** What each page's script prints, and what it must be allowed. */
const PAGES: Readonly<
  Record<string, { readonly prints: RegExp; readonly allow?: readonly string[] }>
> = {
  augmentation: { prints: /^other-augmentation\ntrue$/, allow: RUNS },
  data_set: { prints: /^Right\n1$/, allow: RUNS },
  engine: { prints: /^\d+ operations\n10\n0$/ },
  initialiser: { prints: /^27 true\ntrue$/, allow: RUNS },
  interpreter: { prints: /^true\ntrue\n3 3$/ },
  layer: { prints: /gain[^]*\n314\n\[ 10 \]\nunknown-layer "gain"$/ },
  loss: { prints: /^{"kind":"generalised-cross-entropy","q":0.7}\ntrue$/, allow: RUNS },
  merge: { prints: /^\[ 10 \]\nshape-mismatch 32x32x8 and 32x32x4$/ },
  optimiser: { prints: /^true\n\[[^]*"@rmsprop.square\/conv1.kernel"[^]*\]$/, allow: RUNS },
  schedule: { prints: /^0.000\n0.100\n0.200\n0.085\n0.063\n0.095 0.065$/, allow: RUNS },
};

const pages = (await documents()).filter((document) =>
  document.startsWith("docs/extend/") && !document.endsWith("README.md")
);

/** The scripts of docs/extend. */
export const extend: Part = {
  name: "extend",
  title: "the scripts of docs/extend run outside the repository",
  write: async ({ write }) => {
    assertEquals(pages.map((page) => basename(page, ".md")), Object.keys(PAGES));
    return await Promise.all(pages.map(async (page) => {
      const scripts = (await blocksOf(page)).filter(isCode);
      assertEquals(scripts.length, 1, `${page} holds one script`);
      return await write(`${basename(page, ".md")}.ts`, scripts[0]?.text ?? "");
    }));
  },
  work: async ({ run }, test) => {
    for (const [page, { prints, allow = [] }] of Object.entries(PAGES)) {
      await test.step(page, async () => {
        const { success, stdout, stderr } = await run(`${page}.ts`, { allow });
        assert(success, stderr);
        assert(prints.test(stdout.trim()), stdout);
      });
    }
  },
};
