/** What the board's server answers: its page, the runs of one folder as JSON, and what their networks see. */
import { type Problem, type Result, right } from "../fp.ts";
import { PROGRAM } from "../program_name.ts";
import { cifar10Records, cifar10There } from "./_cifar10.ts";
import { followed } from "./_follow.ts";
import { FILES, pageHtml } from "./_files.ts";
import { HEADERS, PICTURE_HEADERS, PREDICT, refusalOf, TRAININGS } from "./_guard.ts";
import { keptPicture, keptPictures } from "./_kept.ts";
import { keptMasks } from "./_masks.ts";
import type { Trainings } from "./_trainings.ts";
import { predicted, statusOf } from "./_predict.ts";
import { recorded, START } from "./_recorded.ts";
import { boardRuns, runDetails } from "./_runs.ts";
import { checkpointBytes } from "./_weights.ts";
import type { Refused } from "./wire.ts";

/** What is at each address, beside the page and its files. */
const PLACES: Readonly<
  Record<string, (root: string, asked: URLSearchParams) => Promise<Response>>
> = {
  "/api/runs": async (root) => json(await boardRuns(root)),
  "/api/run": async (root, asked) => json(await runDetails(root, asked.get("run") ?? "")),
  "/api/recorded": async (root, asked) => json(await recorded(root, asked.get("run") ?? "")),
  "/api/masks": async (root, asked) => json(await keptMasks(root, asked.get("run") ?? "")),
  "/api/pictures": async (root, asked) => json(await keptPictures(root, asked.get("run") ?? "")),
  "/api/picture": async (root, asked) => {
    const svg = await keptPicture(root, asked);
    return svg._tag === "Left" ? json(svg) : content(svg.right, "image/svg+xml", PICTURE_HEADERS);
  },
  "/api/checkpoint": async (root, asked) => bytes(await checkpointBytes(root, asked)),
  "/api/cifar10": async () => json(right(await cifar10There())),
  "/api/cifar10/train": async () => bytes(await cifar10Records("train")),
  "/api/cifar10/test": async () => bytes(await cifar10Records("test")),
  "/api/follow": (root, asked) => {
    const places = asked.getAll("at");
    const follows = asked.getAll("run").map((id, i) => ({ id, at: places[i] ?? START }));
    return Promise.resolve(content(followed(root, follows), "text/event-stream"));
  },
};

/** What is at the addresses of trainings, where there may be some. */
const TRAINING: Readonly<
  Record<string, (trainings: Trainings, request: Request) => Promise<Result<unknown>>>
> = {
  [TRAININGS]: (trainings) => Promise.resolve(right(trainings.all())),
  [`${TRAININGS}/start`]: (trainings, request) => trainings.start(request),
  [`${TRAININGS}/stop`]: (trainings, { url }) => trainings.stop(runIn(url)),
  [`${TRAININGS}/resume`]: (trainings, { url }) => trainings.resume(runIn(url)),
};

function runIn(url: string): string {
  return new URL(url).searchParams.get("run") ?? "";
}

/**
 * The answer to a request to the board of a folder's runs, which listens on a port. Without
 * `trainings` it only reads.
 */
export async function answer(
  request: Request,
  root: string,
  port: number,
  trainings?: Trainings,
): Promise<Response> {
  const refusal = refusalOf(request, port);
  if (refusal !== undefined) return text(refusal.why, refusal.status);
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === PREDICT) return json(await predicted(request, root), statusOf);
  if (pathname === "/") {
    return content(pageHtml({ trains: trainings !== undefined }), "text/html; charset=utf-8");
  }
  const training = valueAt(TRAINING, pathname);
  if (training !== undefined) {
    if (trainings === undefined) {
      return text(`the board only reads; ${PROGRAM} board --train starts and stops runs`, 403);
    }
    return json(await training(trainings, request), () => 400);
  }
  const file = valueAt(FILES, pathname.slice(1));
  if (file !== undefined) return content(await file.content(), file.type, file.headers);
  const place = valueAt(PLACES, pathname);
  return place === undefined ? text("there is nothing here", 404) : await place(root, searchParams);
}

function valueAt<A>(all: Readonly<Record<string, A>>, name: string): A | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

function content(
  body: BodyInit,
  type: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, { headers: { ...HEADERS, ...more, "Content-Type": type } });
}

function bytes(found: Result<Uint8Array<ArrayBuffer>>): Response {
  return found._tag === "Left" ? json(found) : content(found.right, "application/octet-stream");
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
