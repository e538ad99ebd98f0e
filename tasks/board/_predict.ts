/**
 * What trained networks see in the pictures that programs send. The requests take turns on one
 * engine, which is loaded at the first; pictures are read from the request alone, never from a path.
 */
import type { Engine } from "../../dsl/engines/engine.ts";
import { openEngine } from "../../dsl/engines/open.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import { isMissing } from "../files/io_problem.ts";
import { attempt, orThrow, type Problem, problemAt, ProblemError, type Result } from "../fp.ts";
import { isPretrained } from "../networks/pretrained.ts";
import { predict } from "../training/predict.ts";
import { picturesIn } from "./_pictures.ts";
import { type TrainedRun, trainedRun, weightsOf } from "./_weights.ts";
import type { Predicted } from "./wire.ts";

/** What may be asked for in the address. */
const ASKED = ["run", "weights"];

/** What each kind of problem makes of the answer; a run that is there and cannot be used is the server's fault. */
const STATUS: Readonly<Record<string, number>> = {
  "unknown-option": 400,
  "broken-image": 400,
  "broken-body": 400,
  "not-a-picture": 400,
  "half-read-name": 400,
  "not-a-run": 404,
  "unknown-name": 404,
  "weights-missing": 404,
  "body-too-large": 413,
  "other-content-type": 415,
};

let engine: Engine | undefined;
let turns: Promise<unknown> = Promise.resolve();

/** What the `run` that is asked for, or the pretrained network of that name, sees in a request's pictures. */
export function predicted(request: Request, root: string): Promise<Result<Predicted>> {
  return attempt(async () => {
    const { folder, weights } = await networkIn(new URL(request.url).searchParams, root);
    const pictures = await picturesIn(request);
    const predictions = await inTurn(async () => {
      engine ??= orThrow(await openEngine({ engine: "tfjs" }, { onNote: console.warn }));
      return orThrow(await predict(folder, pictures, { weights, engine }));
    });
    return {
      predictions: predictions.map(({ path, guesses }) => ({
        name: path,
        top: guesses.map(({ name, probability }) => ({ label: name, probability })),
      })),
    };
  });
}

/** The status of an answer that says what is wrong. */
export function statusOf([problem]: readonly Problem[]): number {
  if (problem === undefined) return 500;
  return isMissing(problem) ? 404 : STATUS[problem.code] ?? 500;
}

async function networkIn(asked: URLSearchParams, root: string): Promise<TrainedRun> {
  const unknown = [...asked.keys()].filter((name) => !ASKED.includes(name));
  if (unknown.length > 0) throw new ProblemError(unknown.map(unknownOption));
  const name = asked.get("run") ?? "";
  return isPretrained(name)
    ? { folder: name, weights: weightsOf(asked) }
    : await trainedRun(root, asked);
}

/** Does work once what was begun before has ended, however it ended. */
function inTurn<A>(work: () => Promise<A>): Promise<A> {
  const turn = turns.then(work);
  turns = turn.catch(() => {});
  return turn;
}

function unknownOption(name: string): Problem {
  return problemAt({ path: name, layer: "option", code: "unknown-option" }, {
    rule: "the option is unknown",
    got: name,
    wanted: ASKED.join(", "),
    hint: closest(name, ASKED, "leave it out"),
  });
}
