/** What the board's server answers: its page, the runs of one folder as JSON, and what their networks see. */
import project from "../../deno.json" with { type: "json" };
import { npmFile } from "../files/npm_file.ts";
import type { Problem, Result } from "../fp.ts";
import { followed } from "./_follow.ts";
import {
  CODE_HEADERS,
  HEADERS,
  PICTURE_HEADERS,
  PREDICT,
  refusalOf,
  WORKER_HEADERS,
} from "./_guard.ts";
import { keptPicture, keptPictures } from "./_kept.ts";
import style from "./_page.css.ts";
import script from "./_page.js.ts";
import { predicted, statusOf } from "./_predict.ts";
import { recorded, START } from "./_recorded.ts";
import { boardRuns, runDetails } from "./_runs.ts";
import { checkpointBytes } from "./_weights.ts";
import type { Refused } from "./wire.ts";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>netfold board</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body><div id="board"></div><noscript>The board needs JavaScript.</noscript></body>
</html>
`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">` +
  `<rect width="16" height="16" rx="3" fill="#0072B2"/>` +
  `<path d="M3 12 8 4l5 8" fill="none" stroke="#fff" stroke-width="2"/></svg>`;

/** The file that Deno loads for the package. */
const GRAPHVIZ = project.imports["@viz-js/viz"];

/** The binary of the wasm engine, and the package that has it. */
const WASM_NAME = "tfjs-backend-wasm-simd.wasm";
const WASM = `${project.imports["@tensorflow/tfjs-backend-wasm"]}/wasm-out/${WASM_NAME}`;

const SCRIPT = "text/javascript; charset=utf-8";

/** What is at each address. */
const PLACES: Readonly<
  Record<string, (root: string, asked: URLSearchParams) => Promise<Response>>
> = {
  "/": () => Promise.resolve(content(PAGE, "text/html; charset=utf-8")),
  "/icon.svg": () => Promise.resolve(content(ICON, "image/svg+xml")),
  "/page.css": () => Promise.resolve(content(style, "text/css; charset=utf-8")),
  "/page.js": () => Promise.resolve(content(script, SCRIPT)),
  "/editor.js": async () => content((await import("./_editor.js.ts")).default, SCRIPT),
  "/code.js": async () => content((await import("./_code.js.ts")).default, SCRIPT, CODE_HEADERS),
  "/engine.js": async () =>
    content((await import("./_engine.js.ts")).default, SCRIPT, WORKER_HEADERS),
  [`/wasm/${WASM_NAME}`]: async () => {
    await import("@tensorflow/tfjs-backend-wasm/package.json", { with: { type: "json" } });
    return content(await npmFile(WASM), "application/wasm");
  },
  "/graphviz.js": async () => {
    await import("@viz-js/viz");
    return content(await npmFile(GRAPHVIZ), SCRIPT);
  },
  "/api/runs": async (root) => json(await boardRuns(root)),
  "/api/run": async (root, asked) => json(await runDetails(root, asked.get("run") ?? "")),
  "/api/recorded": async (root, asked) => json(await recorded(root, asked.get("run") ?? "")),
  "/api/pictures": async (root, asked) => json(await keptPictures(root, asked.get("run") ?? "")),
  "/api/picture": async (root, asked) => {
    const svg = await keptPicture(root, asked);
    return svg._tag === "Left" ? json(svg) : content(svg.right, "image/svg+xml", PICTURE_HEADERS);
  },
  "/api/checkpoint": async (root, asked) => {
    const bytes = await checkpointBytes(root, asked);
    return bytes._tag === "Left" ? json(bytes) : content(bytes.right, "application/octet-stream");
  },
  "/api/follow": (root, asked) => {
    const places = asked.getAll("at");
    const follows = asked.getAll("run").map((id, i) => ({ id, at: places[i] ?? START }));
    return Promise.resolve(content(followed(root, follows), "text/event-stream"));
  },
};

/** The answer to a request to the board of a folder's runs, which listens on a port. */
export async function answer(request: Request, root: string, port: number): Promise<Response> {
  const refusal = refusalOf(request, port);
  if (refusal !== undefined) return text(refusal.why, refusal.status);
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === PREDICT) return json(await predicted(request, root), statusOf);
  const place = Object.hasOwn(PLACES, pathname) ? PLACES[pathname] : undefined;
  return place === undefined ? text("there is nothing here", 404) : await place(root, searchParams);
}

function content(
  body: BodyInit,
  type: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { headers: { ...HEADERS, ...more, "Content-Type": type } });
}

function text(words: string, status: number): Response {
  const headers = { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" };
  return new Response(`${words}\n`, { status, headers });
}

function json<A>(
  result: Result<A>,
  statusOf: (problems: readonly Problem[]) => number = () => 404,
): Response {
  if (result._tag === "Right") return Response.json(result.right, { headers: HEADERS });
  const refused: Refused = { problems: result.left };
  return Response.json(refused, { status: statusOf(result.left), headers: HEADERS });
}
