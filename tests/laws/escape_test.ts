/** Hostile text stays text in everything that netfold writes, and is never hidden. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import { instance } from "@viz-js/viz";
import {
  csv,
  dot,
  markdown,
  mermaid,
  printable,
  shellWord,
  xml,
} from "../../dsl/problem/escape.ts";
import {
  chain,
  diagram,
  diff,
  type Language,
  layer,
  orThrow,
  type Plan,
  plan,
  pointwise,
  renderProblems,
  rule,
  standard,
} from "../../mod.ts";
import { renderDiff } from "../../dsl/interpreters/diff/mod.ts";
import { renderSummary, summaryCsv, summaryMarkdown } from "../../dsl/interpreters/summary/mod.ts";
import { conv } from "../../layers/mod.ts";
import { confusionOf } from "../../tasks/charts/confusion.ts";
import { confusionSvg } from "../../tasks/charts/confusion_chart.ts";
import {
  confusionText,
  perClassText,
  worstConfusionsText,
} from "../../tasks/charts/confusion_text.ts";
import { curvesSvg } from "../../tasks/charts/curves.ts";
import { readme } from "../../tasks/export/torch_readme.ts";
import { projectOf } from "../../tasks/export/torch.ts";
import { maskSheet } from "../../tasks/masks/sheet.ts";
import { htmlTable, list, page, pairs, preformatted } from "../../tasks/page/html.ts";
import { progress } from "../../tasks/terminal/progress.ts";
import { statusLine } from "../../tasks/terminal/status_line.ts";
import { table } from "../../tasks/terminal/table.ts";
import { file, screen } from "../terminal/_screen.ts";
import { hostile, unseenIn, worst } from "./_hostile.ts";

interface Own {
  readonly type: string;
  readonly mode: string;
}

const { shape, cost } = pointwise(1);

/** A language with a layer whose type, words and field are that text. */
function languageOf(text: string): Language {
  return standard.with(rule<Own>({
    shape,
    cost,
    type: text,
    label: "own",
    fields: { mode: { wanted: "text", is: (value) => typeof value === "string" } },
    lower: (_, { input }) => input,
    drawing: () => ({ kind: "other", name: text, words: text }),
  }));
}

const planned = (text: string): Plan =>
  orThrow(
    plan(chain(conv(4), layer<Own>({ type: text, mode: text })), [4, 4, 3], {
      language: languageOf(text),
    }),
  );

const lines = (text: string): number => text.split("\n").length;
const names = (text: string): readonly string[] => [text, `${text}b`];
const matrix = confusionOf([0, 0, 1, 1], [0, 1, 1, 0], 2);

Deno.test("printable() keeps what can be read, and escapes the rest as JSON does", () => {
  fc.assert(fc.property(hostile, (text) => {
    assertEquals(unseenIn(printable(text)), []);
    assertEquals(printable(printable(text)), printable(text));
    assertEquals(JSON.parse(printable(JSON.stringify(text))), text);
  }));
  for (const text of ["stage1.conv", "猫 é \u{1f468}\u200d\u{1f469}", "a & b | c"]) {
    assertEquals(printable(text), text);
  }
});

Deno.test("text in XML, Markdown, CSV, DOT and Mermaid ends where it should", () => {
  fc.assert(fc.property(hostile, (text) => {
    for (const escaped of [xml, markdown, csv, dot, mermaid].map((escape) => escape(text))) {
      assertEquals(unseenIn(escaped), []);
      assertEquals(lines(escaped), 1);
    }
    assertEquals(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/.exec(xml(text)), null);
    assertEquals(/(?<!\\)(\\\\)*[`*_<>[\]#~$&]/.exec(markdown(text)), null);
    assertEquals(/["<>`%&]|#(?!(amp|quot|lt|gt|\d+);)/.exec(mermaid(text)), null);
    assertEquals(/^"([^"\\]|\\["\\])*"$/.test(dot(text)), true);
    assertEquals(/^([^",]*|"([^"]|"")*")$/.test(csv(text)), true);
  }));
});

Deno.test("a shell reads a word as the very text", async () => {
  const words = fc.sample(hostile, 200).filter((text) =>
    !text.includes("\0") && text.isWellFormed()
  );
  const { stdout } = await new Deno.Command("bash", {
    args: ["-c", `printf '%s\\0' ${words.map(shellWord).join(" ")}`],
    env: { LC_ALL: "C.UTF-8" },
  }).output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
  for (const word of words) {
    assertEquals([unseenIn(shellWord(word)), lines(shellWord(word))], [[], 1]);
  }
  assertEquals(["runs/a-1", "my runs/a", "~/a"].map(shellWord), [
    "runs/a-1",
    "'my runs/a'",
    "'~/a'",
  ]);
});

Deno.test("names of classes and layers keep to their lines in a terminal", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const plain = planned("own");
      const own = planned(text);
      const pairs = [
        [table([[text, text]], { header: [text] }), 3],
        [perClassText(matrix, names(text)), lines(perClassText(matrix, names("a")))],
        [confusionText(matrix, names(text)), lines(confusionText(matrix, names("a")))],
        [worstConfusionsText(matrix, names(text)), lines(worstConfusionsText(matrix, names("a")))],
        [
          renderSummary(own, { name: text, columns: ["type"] }),
          lines(renderSummary(plain, { name: "a", columns: ["type"] })),
        ],
        [renderDiff(diff(own, plain)), lines(renderDiff(diff(planned("other"), plain)))],
        [summaryCsv(own), lines(summaryCsv(plain))],
        [summaryMarkdown(own, { name: text }), lines(summaryMarkdown(plain))],
        [
          renderProblems([{
            path: text,
            layer: text,
            code: "",
            rule: text,
            got: "",
            wanted: text,
            hint: text,
          }]),
          4,
        ],
      ] as const;
      for (const [shown, wanted] of pairs) {
        assertEquals([unseenIn(shown), lines(shown)], [[], wanted], shown);
      }
      const fake = renderProblems([{
        path: "a",
        layer: "b",
        code: "",
        rule: "c",
        got: text,
        wanted: "d",
        hint: "",
      }]);
      assertEquals(
        fake.split("\n").slice(2, -1).every((line) => line.startsWith(" ".repeat(10))),
        true,
      );
    }),
    { numRuns: 30 },
  );
});

Deno.test("what redraws a line holds nothing of a name that does", () => {
  for (const terminal of [file(), screen(80)]) {
    const status = statusLine(terminal);
    status.show(worst);
    status.note(worst);
    const bar = progress({ epochs: 1, terminal, title: worst });
    bar.update({ epoch: 1, step: 1, steps: 1, images: 1 });
    const own = "\r\x1b[K";
    for (const text of terminal.written) {
      assertEquals(unseenIn(text.replaceAll(own, "")), []);
      assertEquals(text.trimEnd().includes("\n"), false);
    }
  }
});

Deno.test("diagrams say hostile names, in DOT, Mermaid and SVG", async () => {
  const viz = await instance();
  for (const text of [worst, ...fc.sample(hostile, 20)]) {
    const own = planned(text);
    const options = { title: text } as const;
    const [graph, svg, flow] = [
      diagram(own, { ...options, format: "dot" }),
      await diagram(own, { ...options, format: "svg" }),
      diagram(own, options),
    ];
    for (const drawn of [graph, svg, flow]) assertEquals(unseenIn(drawn), []);
    assertEquals(viz.render(graph, { engine: "nop2" }).status, "success");
    assertEquals(lines(graph), lines(diagram(planned("own"), { title: "a", format: "dot" })));
    assertEquals(lines(flow), lines(diagram(planned("own"), { title: "a" })));
    assertStringIncludes(svg, "</svg>");
    assertStringIncludes(flow, mermaid(text));
  }
});

Deno.test("charts and sheets hold no character that XML does not allow", async () => {
  const map = { width: 1, height: 1, channels: 1, data: new Float32Array(1) };
  const picture = { width: 1, height: 1, pixels: new Uint8Array(3) };
  for (const text of [worst, ...fc.sample(hostile, 5)]) {
    const seen = {
      guess: text,
      probability: 1,
      attentions: [{ path: text, learning: "arl", before: map, mask: map, after: map }],
    } as const;
    const charts = [
      orThrow(await confusionSvg(matrix, names(text))),
      orThrow(await curvesSvg([{ epoch: 1, trainLoss: 1 }], { title: text })),
      maskSheet(picture, seen, { title: text, subtitle: text }),
    ];
    for (const svg of charts) {
      assertEquals(unseenIn(svg), []);
      assertEquals(/<(script|b)\b|&(?!#?\w+;)/.exec(svg), null);
    }
  }
});

Deno.test("reports and the README of a project hold names as text", () => {
  fc.assert(fc.property(hostile, (text) => {
    const rows = [[text, text]] as const;
    const content = [htmlTable([text], rows), pairs(rows), preformatted(text), list([text])];
    const html = page(text, "", [{ title: text, content: content.join("\n") }]);
    assertEquals(unseenIn(html), []);
    assertEquals([html.match(/<script|<b>/g), html.match(/<h1>/g)?.length], [null, 1]);
    const { config } = projectOf("a", conv(10), [32, 32, 3]);
    const [of, plain] = [text, "a"].map((name) => readme({ ...config, name }, false));
    assertEquals([unseenIn(of ?? ""), lines(of ?? "")], [[], lines(plain ?? "")]);
    assertEquals((of ?? "").split("\n").slice(1), (plain ?? "").split("\n").slice(1));
  }));
});
