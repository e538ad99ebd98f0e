/** What `deno task export` writes: a network with initial weights, or a run with its own. */
import { basename, join, resolve } from "@std/path";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { initialParameters } from "../../dsl/programs/initial.ts";
import type { Net } from "../../dsl/net/net.ts";
import { isLanguage, type Using, usingOf } from "../../dsl/plan/language.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { Problem, Result } from "../fp.ts";
import { attempt, E, orThrow, problemAt, ProblemError, RA, refused, right } from "../fp.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { ioProblem } from "../files/io_problem.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { isPretrained } from "../networks/pretrained.ts";
import type { Normalization } from "../data/normalize.ts";
import type { Recipe } from "../training/config.ts";
import { sizedPlan } from "../training/sized_plan.ts";
import { openTrained } from "../training/trained.ts";
import { PRESETS } from "../training/presets.ts";
import { stemOf } from "./words.ts";

export interface SubjectOptions extends Using {
  /** A network's name or file, or the folder of a run. */
  readonly source: string;
  /** Which weights of a run; its best when left out. */
  readonly weights?: "best" | "last" | undefined;
  /** The seed of a network's initial weights; 0 when left out. */
  readonly seed?: number | undefined;
  readonly input?: Shape;
  readonly classes?: number;
  /** The module with the language of a network in a file of JSON. */
  readonly module?: string;
}

export interface Subject {
  readonly name: string;
  /** What a file of it is called, without an ending. */
  readonly stem: string;
  readonly net: Net;
  readonly plan: Plan;
  /** Its parameters, and what a run's optimiser keeps. */
  readonly tensors: Tensors;
  /** How it is trained: the run's own recipe, or `train`'s. */
  readonly recipe: Recipe;
  readonly classes?: readonly string[];
  /** What a run does to an image first. */
  readonly normalization?: Normalization;
}

/**
 * Opens a network or a run; the name of a pretrained network means the run when weights are asked
 * for. Options that belong to the other one are a problem.
 */
export function openSubject(options: SubjectOptions): Promise<Result<Subject>> {
  const { source, weights } = options;
  const isTrained = weights !== undefined && isPretrained(source);
  return attempt(async () =>
    isTrained || await isRun(source) ? await fromRun(options) : await fromNetwork(options)
  );
}

async function fromRun(
  { source, weights = "best", language, input, ...others }: SubjectOptions,
): Promise<Subject> {
  refuseOfRun(others, ["seed", "classes"]);
  const use = { weights, ...defined({ language }) };
  const { config, checkpoint, plan: own } = await openTrained(source, use, {});
  const { net, tensors, classes, normalization } = checkpoint;
  const { name, recipe } = config;
  const stem = basename(resolve(source));
  const plan = input === undefined ? own : orThrow(
    E.flatMap((plan: Plan) => onAnySize(plan, normalization))(
      sizedPlan({ net, plan: own, ...usingOf(config) }, input, "--input"),
    ),
  );
  return { name, stem, net, plan, tensors, recipe, classes, normalization };
}

/** A plan for images of another size than a run's, unless they cannot be normalised as its own. */
function onAnySize(plan: Plan, { kind }: Normalization): Result<Plan> {
  return kind === "per-channel" ? right(plan) : refused(
    { path: "--input", layer: "option", code: "image-size" },
    {
      rule: "the run's normalisation must be for images of every size",
      got: "the mean of each pixel is subtracted from images",
      wanted: "a mean for each channel",
      hint: "leave --input out",
    },
  );
}

/** Refuses what is a network's, and what a run has itself. */
export function refuseOfRun<K extends string>(
  given: { readonly [key in K]?: unknown },
  names: readonly K[],
): void {
  refuse(given, names, "belongs to a network, and a run has its own");
}

async function fromNetwork(options: SubjectOptions): Promise<Subject> {
  const { source, seed = 0, input, classes, weights, module } = options;
  refuse({ weights }, ["weights"], "belongs to a run, and this is a network");
  const found = await chosenNetwork(source, defined({ input, classes, language: module }));
  const chosen = orThrow(E.mapLeft(RA.map(withRuns))(found));
  const planned = orThrow(plan(chosen.net, chosen.input, usingOf(chosen)));
  const name = titleOf(source);
  return {
    name,
    stem: stemOf(name),
    net: chosen.net,
    plan: planned,
    tensors: initialParameters(planned, seed),
    recipe: PRESETS.quick,
  };
}

function refuse<K extends string>(
  given: { readonly [key in K]?: unknown },
  names: readonly K[],
  rule: string,
): void {
  const problems = names.filter((name) => given[name] !== undefined).map((name): Problem =>
    problemAt({ path: `--${name}`, layer: "option", code: "invalid-option" }, {
      rule: `the option ${rule}`,
      got: isLanguage(given[name]) ? "a language" : `${given[name]}`,
      wanted: `no --${name}`,
      hint: `leave --${name} out`,
    })
  );
  if (problems.length > 0) throw new ProblemError(problems);
}

function withRuns(problem: Problem): Problem {
  return problem.code === "unknown-network"
    ? { ...problem, wanted: `${problem.wanted}, or the folder of a run` }
    : problem;
}

/** Whether a name is that of a run folder; a network's name may be that of a folder too. */
export async function isRun(source: string): Promise<boolean> {
  try {
    return (await Deno.stat(join(source, "config.json"))).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw new ProblemError([ioProblem(error, source, "read")]);
  }
}
