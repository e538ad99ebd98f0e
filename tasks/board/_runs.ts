/** The runs of a folder as the board's table shows them, and what it tells of one. */
import * as v from "valibot";
import { params } from "../../dsl/interpreters/counts/params.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { netFromJson, plan } from "../../layers/bound/plan.ts";
import { onPath } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { isJsonObject, type Json } from "../files/json.ts";
import { openRun, runAt } from "../files/run_folder.ts";
import { attempt, E, orThrow, pipe, type Result, right } from "../fp.ts";
import { type FoundFolders, runEntries } from "../runs/find.ts";
import { type ListedRun, listedWithConfig } from "../runs/listed.ts";
import { configFromJson } from "../training/config.ts";
import { recipeText } from "../training/recipe_text.ts";
import { idOf, marksOf, noRun, placeOf } from "./_place.ts";
import type { BoardRun, BoardRuns, RunDetails } from "./wire.ts";

/** Runs as they were read, each with what changes when its files do. */
const known = new Map<string, { readonly stamp: string; readonly run: BoardRun }>();

/** Parameters of networks, by what they are: many runs are of the same. */
const counted = new Map<string, number | undefined>();

/** Runs that are read at a time: a process may have only some hundred files open. */
const AT_ONCE = 64;

/** What is being read, by the folder. */
const reading = new Map<string, Promise<Result<BoardRuns>>>();

/**
 * All runs in a folder and below it; none of a folder that is not there. Who asks while they are
 * being read is given what comes of that.
 */
export function boardRuns(root: string): Promise<Result<BoardRuns>> {
  const begun = reading.get(root) ?? readRuns(root).finally(() => reading.delete(root));
  reading.set(root, begun);
  return begun;
}

function readRuns(root: string): Promise<Result<BoardRuns>> {
  return attempt(async () => {
    const found = await attempt(() => runEntries(root));
    const isEmpty = found._tag === "Left" && found.left.every(isMissing);
    const { runs: folders, problems } = isEmpty ? NONE : orThrow(found);
    const all: Result<readonly BoardRun[]>[] = [];
    for (let first = 0; first < folders.length; first += AT_ONCE) {
      const some = folders.slice(first, first + AT_ONCE);
      all.push(
        ...await Promise.all(
          some.map(({ folder, entries }) => runStill(folder, idOf(root, folder), entries)),
        ),
      );
    }
    return {
      folder: root,
      runs: all.flatMap((run) => run._tag === "Right" ? run.right : [])
        .toSorted((a, b) => b.begun - a.begun || (a.id < b.id ? -1 : 1)),
      problems: [...problems, ...all.flatMap((run) => run._tag === "Left" ? run.left : [])],
    };
  });
}

const NONE: FoundFolders = { runs: [], problems: [] };

/** A run that was listed; none where it was removed meanwhile. */
async function runStill(
  ...place: Parameters<typeof runIn>
): Promise<Result<readonly BoardRun[]>> {
  const run = await runIn(...place);
  if (run._tag === "Right") return right([run.right]);
  const [folder] = place;
  const config = await onPath(folder, "read", () => Deno.lstat(runAt(folder).config))();
  return config._tag === "Left" && config.left.every(isMissing) ? right([]) : run;
}

/** A run by its name on the board; the same value again for as long as its files are the same. */
export function boardRun(root: string, id: string): Promise<Result<BoardRun>> {
  return attempt(async () => orThrow(await runIn(orThrow(await placeOf(root, id)), id)));
}

function runIn(
  folder: string,
  id: string,
  entries?: readonly Deno.DirEntry[],
): Promise<Result<BoardRun>> {
  return attempt(async () => {
    const marks = await marksOf(folder, entries);
    if (marks === undefined) throw noRun(id);
    const stamp = `${id} ${marks}`;
    const before = known.get(folder);
    if (before?.stamp === stamp) return before.run;
    const { listed, config } = orThrow(await listedWithConfig(folder));
    const run = shown(id, listed, parametersOf(config));
    known.set(folder, { stamp, run });
    return run;
  });
}

/** What the board tells of one run; its network may be in any language. */
export function runDetails(root: string, id: string): Promise<Result<RunDetails>> {
  return attempt(async () => {
    const run = orThrow(await boardRun(root, id));
    const { config } = orThrow(await openRun(orThrow(await placeOf(root, id)), right));
    const { net, input } = networkIn(config);
    const known = configFromJson(config);
    const recipe = known._tag === "Right" ? recipeText(known.right.recipe) : undefined;
    return { run, net, input, ...defined({ recipe }) };
  });
}

function shown(id: string, run: ListedRun, parameters: number | undefined): BoardRun {
  const { network, data, state, epochs, steps, seconds, engines, settings, begun } = run;
  return {
    ...{ id, network, data, state, epochs, steps, seconds, engines, settings },
    begun: begun.getTime(),
    ...defined({
      heldOut: run.best?.validationAccuracy,
      test: run.test?.top1,
      parameters,
    }),
  };
}

function parametersOf(config: Json): number | undefined {
  const network = networkIn(config);
  const key = JSON.stringify(network);
  if (!counted.has(key)) counted.set(key, countOf(network));
  return counted.get(key);
}

function countOf({ net, input }: Pick<RunDetails, "net" | "input">): number | undefined {
  return pipe(
    netFromJson(net),
    E.flatMap((net) => plan(net, input)),
    E.match(() => undefined, (planned) => params(planned).total),
  );
}

const INPUT = v.fallback(v.array(v.number()), []);

function networkIn(config: Json): Pick<RunDetails, "net" | "input"> {
  const { net = null, input = null } = isJsonObject(config) ? config : {};
  return { net, input: v.parse(INPUT, input) };
}
