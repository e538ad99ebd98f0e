/** The files of the board's page: its server answers with them, and an export of the board holds them. */
import project from "../../deno.json" with { type: "json" };
import { npmFile } from "../files/npm_file.ts";
import { CODE_HEADERS, CODE_POLICY, PAGE_POLICY, WORKER_HEADERS } from "./_guard.ts";
import style from "./_page.css.ts";
import script from "./_page.js.ts";

/** A file of the page. */
export interface PageFile {
  /** Its media type. */
  readonly type: string;
  /** What the server's answer bears besides. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly content: () => Promise<string | Uint8Array<ArrayBuffer>>;
}

/**
 * The page. One that is exported, or that may start trainings, says so to its script; an exported one
 * says itself what servers say by headers.
 */
export function pageHtml(
  { isExported = false, trains = false }: {
    readonly isExported?: boolean;
    readonly trains?: boolean;
  },
): string {
  return `<!doctype html>
<html lang="en"${isExported ? " data-exported" : ""}${trains ? " data-trains" : ""}>
<head>
<meta charset="utf-8">${isExported ? `\n${policyTag(PAGE_POLICY)}` : ""}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>netfold board</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page.css">
<script type="module" src="page.js"></script>
</head>
<body><div id="board"></div><noscript>The board needs JavaScript.</noscript></body>
</html>
`;
}

/** What the frame shows in which code runs: nothing, under a policy that does not depend on headers. */
const CODE_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
${policyTag(CODE_POLICY)}
<title>code</title>
</head>
</html>
`;

function policyTag(policy: string): string {
  return `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">` +
  `<rect width="16" height="16" rx="3" fill="#0072B2"/>` +
  `<path d="M3 12 8 4l5 8" fill="none" stroke="#fff" stroke-width="2"/></svg>`;

/** The file that Deno loads for the package. */
const GRAPHVIZ = project.imports["@viz-js/viz"];

/** The binary of the wasm engine, and the package that has it. */
const WASM_NAME = "tfjs-backend-wasm-simd.wasm";
const WASM = `${project.imports["@tensorflow/tfjs-backend-wasm"]}/wasm-out/${WASM_NAME}`;

const SCRIPT = "text/javascript; charset=utf-8";

/** All files beside the page itself, by their places as seen from it. */
export const FILES: Readonly<Record<string, PageFile>> = {
  "icon.svg": { type: "image/svg+xml", content: () => Promise.resolve(ICON) },
  "page.css": { type: "text/css; charset=utf-8", content: () => Promise.resolve(style) },
  "page.js": { type: SCRIPT, content: () => Promise.resolve(script) },
  "editor.js": { type: SCRIPT, content: async () => (await import("./_editor.js.ts")).default },
  "code.html": {
    type: "text/html; charset=utf-8",
    headers: CODE_HEADERS,
    content: () => Promise.resolve(CODE_PAGE),
  },
  "code.js": { type: SCRIPT, content: async () => (await import("./_code.js.ts")).default },
  "engine.js": {
    type: SCRIPT,
    headers: WORKER_HEADERS,
    content: async () => (await import("./_engine.js.ts")).default,
  },
  "formats.js": { type: SCRIPT, content: async () => (await import("./_formats.js.ts")).default },
  [`wasm/${WASM_NAME}`]: {
    type: "application/wasm",
    content: async () => {
      await import("@tensorflow/tfjs-backend-wasm/package.json", { with: { type: "json" } });
      return await npmFile(WASM);
    },
  },
  "graphviz.js": {
    type: SCRIPT,
    content: async () => {
      await import("@viz-js/viz");
      return await npmFile(GRAPHVIZ);
    },
  },
};
