import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { join, toFileUrl } from "@std/path";
import { xmlLines } from "../../dsl/problem/escape.ts";
import {
  folded,
  htmlTable,
  page,
  pairs,
  paragraph,
  picture,
  preformatted,
} from "../../tasks/page/html.ts";
import { makePage } from "../../tasks/page/make.ts";
import { publish } from "../../tasks/study/publish.ts";
import { runStudy } from "../../tasks/study/run_study.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { browserTest } from "../_browser.ts";
import { smallData, smallStudy } from "../study/_small_study.ts";

const OPTIONS = { measure: false, backend: "cpu", images: [], onNote: () => {} } as const;

/** Whatever a page would load from elsewhere. */
function loaded(html: string): readonly string[] {
  return [...html.matchAll(/\s(?:src|srcset|href)="([^"]*)"|url\(([^)]*)\)|@import/g)]
    .map(([all, link, url]) => link ?? url ?? all)
    .filter((address) => !address.startsWith("data:") && !address.startsWith("#"));
}

/** Tags that were opened and not closed, or the other way round. */
function unbalanced(html: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, close, name = ""] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*>/g)) {
    if (["meta", "img", "link", "br", "source"].includes(name)) continue;
    if (close === "") open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

/** The pictures of a page. */
function svgsIn(html: string): readonly string[] {
  return [...html.matchAll(/data:image\/svg\+xml;base64,([^"]+)"/g)]
    .map(([, base64 = ""]) => new TextDecoder().decode(Uint8Array.fromBase64(base64)));
}

Deno.test("a report is one file with the table, the picture and every option of a study and its runs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
    const study = `${folder}/small`;
    const datasets = new Map([["shapes", smallData]]);
    orThrow(await runStudy({ study: smallStudy, folder: study, seeds: 1, engine }, { datasets }));
    const { results } = orThrow(await publish(smallStudy, study, { seeds: 1 }));
    const html = orThrow(await makePage([study, `${study}/arl-1`, `${study}/nal-1`], OPTIONS));
    assertEquals(loaded(html), []);

    // Boards that were exported beside it are linked to, with the runs that both have.
    for (const [name, json] of [["a site", '{"runs":[{"id":"small/arl-1"}]}'], ["other", "[]"]]) {
      await Deno.mkdir(`${folder}/${name}/data`, { recursive: true });
      await Deno.writeTextFile(`${folder}/${name}/data/runs.json`, json ?? "");
    }
    const beside = await makePage([`${study}/arl-1`], { ...OPTIONS, measure: false }, folder);
    assertEquals(
      [...orThrow(beside).matchAll(/href="([^"#]+#[^"]*)"/g)].map(([, address]) => address),
      ["a%20site/index.html#/runs?run=small%2Farl-1"],
    );
    assert(!html.includes("index.html"));
    assertEquals(unbalanced(html), []);
    for (const { title, error } of results.arms) {
      assertStringIncludes(html, `<td>${title}</td>`);
      assertStringIncludes(html, `>${error?.mean.toFixed(2)}<`);
    }
    for (
      const text of [
        "Small | study, tiny scale",
        "a note &lt;of&gt; its own",
        "a quarter of every width",
        "Diagram of small",
        "<td>optimizer</td>",
        "momentum 0.9",
        "<td>version of deno</td>",
        `<td>${engine.description}</td>`,
        `Run ${study}/arl-1`,
        "<td>recipe</td><td>sgd, learning rate 0.1 (one-cycle)</td>",
        `<td>engine</td><td>${engine.description}</td>`,
        '<meta name="viewport"',
      ]
    ) {
      assertStringIncludes(html, text);
    }
    assert((html.match(/data:image\/svg\+xml/g)?.length ?? 0) >= 6);
    const [, together = ""] = /id="part-1">\n<h2>The runs side by side(.*?)<section/s.exec(html) ??
      [];
    const [curves = ""] = svgsIn(together);
    for (const run of ["arl-1", "nal-1"]) {
      assertStringIncludes(curves, `>${run}<`);
      assertStringIncludes(together, `/${run}</td>`);
    }
    const measured = orThrow(await makePage([`${study}/arl-1`], { ...OPTIONS, measure: true }));
    assert(svgsIn(measured).some((svg) => svg.includes(">The worst mistakes<")));
    assert(!measured.includes("side by side"));
    const none = { ...OPTIONS, measure: true, images: ["9999"] };
    assertProblem(await makePage([`${study}/arl-1`], none), "a number is that of a test image");
    // Every folder is looked at before the first run is measured.
    const notes: string[] = [];
    const noting = { ...OPTIONS, measure: true, onNote: (text: string) => void notes.push(text) };
    const missing = await makePage([`${study}/arl-1`, `${folder}/none`], noting);
    assertProblem(missing, `${folder}/none`, "must be that of a run");
    assertEquals(notes, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a report says of a folder that is neither a run nor a study what it is not", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assertProblem(await makePage([folder], OPTIONS), "the folder must be that of a run");
    const wrong = {
      "[1]": "results.json: study",
      '{"arms":[],"study":"x"}': "results.json: title",
    };
    for (const [text, said] of Object.entries(wrong)) {
      await Deno.writeTextFile(`${folder}/results.json`, text);
      assertProblem(await makePage([folder], OPTIONS), "results.json", said);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a report of a study that has not ended says which command resumes it", async () => {
  await withFolder(async (folder) => {
    const [study, runs] = [join(folder, "mask-tiny"), join(folder, "of mine")];
    for (const at of [join(study, "a-1"), join(study, "b-1"), join(runs, "net-1")]) {
      await Deno.mkdir(at, { recursive: true });
      await Deno.writeTextFile(join(at, "config.json"), "{}");
    }
    const command = `deno task study mask --scale tiny --out ${study}`;
    assertProblem(await makePage([study], OPTIONS), "the study has not ended", "2 runs", command);
    const mine = `deno task report '${runs}'/*`;
    assertProblem(await makePage([runs], OPTIONS), "a folder of 1 run, without", mine);
  });
});

Deno.test("what comes from outside is text on a page, never markup", () => {
  const evil = '<script>alert("1")</script>';
  const html = page(evil, "", [{
    title: evil,
    content: htmlTable([evil], [[evil]]) + picture("<svg/>", evil),
  }]);
  assert(!html.includes("<script"));
  assertEquals(html.match(/&lt;script&gt;alert\(&quot;1&quot;\)/g)?.length, 6);
});

browserTest("a report fits a telephone, and is dark where pages are", async (browser) => {
  const long = "a_very_long_name".repeat(12);
  const columns = Array.from({ length: 30 }, (_, i) => `column ${i}`);
  const content = [
    htmlTable(columns, [columns]),
    pairs([["folder", long]]),
    preformatted(long),
    folded(long, htmlTable(columns, [columns])),
    picture('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="9"/>', "wide"),
    picture('<svg xmlns="http://www.w3.org/2000/svg" width="900" height="9"/>', "whole", {
      whole: true,
    }),
  ].join("");
  const html = page(long, paragraph(long), [{ title: long, content }]);
  const probe = join(browser.folder, "probe.html");
  const script = `onload = () => {
    const { documentElement: root, body } = document.querySelector("iframe").contentDocument;
    const [single] = body.querySelectorAll("img");
    document.title = [
      root.scrollWidth - root.clientWidth,
      getComputedStyle(body).color,
      single.getBoundingClientRect().width,
    ].join("; ");
  }`;
  await Deno.writeTextFile(
    probe,
    `<!doctype html><iframe width="390" height="800" frameborder="0" srcdoc="${xmlLines(html)}">` +
      `</iframe><script>${script}</script>`,
  );
  const { stdout } = await new Deno.Command(browser.command, {
    args: [
      ...browser.flags,
      "--blink-settings=preferredColorScheme=0",
      "--dump-dom",
      toFileUrl(probe).href,
    ],
    stdin: "null",
    stderr: "null",
    signal: AbortSignal.timeout(120_000),
  }).output();
  const [, said] = /<title>(.*?)<\/title>\s*<\/head>/s.exec(new TextDecoder().decode(stdout)) ?? [];
  // A picture that has no narrow form scrolls: its letters would be too small to read.
  assertEquals(said, "0; rgb(227, 230, 234); 900");
});
