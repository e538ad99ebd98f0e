/**
 * HTML as text, for a page that is one file: everything that comes from outside
 * is escaped, pictures are data URLs, and nothing is loaded from elsewhere.
 */

import { xml, xmlLines } from "../../dsl/problem/escape.ts";

export function paragraph(text: string): string {
  return `<p>${xml(text)}</p>`;
}

/** How a picture stands on a page. */
export interface PictureOptions {
  /**
   * Whether it keeps its size and scrolls on every page, where others shrink to a wide page, and on
   * a narrow one have a narrow form or scroll.
   */
  readonly whole?: boolean;
  /** The same for a narrow page, whose letters can be read there. */
  readonly narrow?: string;
}

/**
 * An SVG as a picture of its own, so that its names and styles touch nothing else; `alt` says what
 * it shows.
 */
export function picture(
  svg: string,
  alt: string,
  { whole = false, narrow }: PictureOptions = {},
): string {
  const source = narrow === undefined
    ? ""
    : `<source media="(max-width: 700px)" srcset="${dataUrl(narrow)}">`;
  const image = `<img src="${dataUrl(svg)}" alt="${xml(alt)}" loading="lazy">`;
  const kind = whole ? "whole" : narrow === undefined ? "fitted single" : "fitted";
  return `<figure class="${kind}"><picture>${source}${image}</picture></figure>`;
}

function dataUrl(svg: string): string {
  return `data:image/svg+xml;base64,${new TextEncoder().encode(svg).toBase64()}`;
}

/** A table; columns beyond the first are numbers unless `texts` names them. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  texts: readonly number[] = [0],
): string {
  const cell = (tag: string) => (text: string, i: number): string =>
    `<${tag}${texts.includes(i) ? "" : ' class="number"'}>${xml(text)}</${tag}>`;
  const body = rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`).join("\n");
  const head = header.length === 0
    ? ""
    : `<thead><tr>${header.map(cell("th")).join("")}</tr></thead>`;
  return `<div class="wide"><table>${head}<tbody>\n${body}\n</tbody></table></div>`;
}

/** Names and values, one pair a row. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  return htmlTable([], rows, [0, 1]);
}

/** A paragraph that begins with a link. */
export function linked(text: string, address: string, after: string): string {
  return `<p><a href="${xml(address)}">${xml(text)}</a>${xml(after)}</p>`;
}

/** Text as it stands, in a box that scrolls sideways. */
export function preformatted(text: string): string {
  return `<pre>${xmlLines(text)}</pre>`;
}

/** A part that is folded away until someone opens it. */
export function folded(title: string, content: string): string {
  return `<details><summary>${xml(title)}</summary>\n${content}\n</details>`;
}

export function list(items: readonly string[]): string {
  return items.length === 0
    ? ""
    : `<ul>${items.map((item) => `<li>${xml(item)}</li>`).join("")}</ul>`;
}

const STYLE = `
:root { color-scheme: light dark; --text: #222; --page: #fff; --line: #ddd;
  --box: #f6f6f6; --accent: #0072B2; }
@media (prefers-color-scheme: dark) { :root { --text: #e3e6ea; --page: #16181d; 
  --line: #3a3f48; --box: #20232a; --accent: #4aa3df; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 62rem; color: var(--text);
  background: var(--page); font: 16px/1.5 Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; margin: 3rem 0 .5rem; border-top: 2px solid var(--accent);
  padding-top: .8rem; }
p, ul { max-width: 46rem; }
a { color: var(--accent); }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: normal; }
th { white-space: nowrap; }
td:first-child { min-width: 7rem; }
td:nth-child(n+3):last-child:not(.number) { min-width: 18rem; }
.number { text-align: right; white-space: nowrap; }
pre { overflow-x: auto; background: var(--box); padding: .8rem; font-size: .8rem;
  line-height: 1.35; overflow-wrap: normal; }
figure { margin: 1rem 0; overflow-x: auto; }
.fitted img { max-width: 100%; height: auto; }
@media (max-width: 700px) { .single img { max-width: none; } }
.whole { max-height: 90vh; overflow-y: auto; }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 4px;
  padding: .4rem .8rem; }
summary { cursor: pointer; font-weight: bold; }
nav ul { padding-left: 1.2rem; }
@media print { details { border: 0; } body, .whole { max-width: none; max-height: none; } }
`;

export interface Section {
  readonly title: string;
  readonly content: string;
}

export function page(title: string, intro: string, sections: readonly Section[]): string {
  const anchors = sections.map((section, i) => ({ ...section, id: `part-${i + 1}` }));
  const index = anchors.length < 2
    ? ""
    : `<nav><ul>${
      anchors.map(({ id, title }) => `<li><a href="#${id}">${xml(title)}</a></li>`).join("")
    }</ul></nav>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${xml(title)}</h1>
${intro}
${index}
${
    anchors.map(({ id, title, content }) =>
      `<section id="${id}">\n<h2>${xml(title)}</h2>\n${content}\n</section>`
    ).join("\n")
  }
</body>
</html>
`;
}
