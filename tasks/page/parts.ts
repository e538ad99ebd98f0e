/** Parts of a report that runs and studies share: the network, the options, the masks. */
import { usingOf } from "../../dsl/plan/language.ts";
import { diagram } from "../../dsl/interpreters/diagram/diagram.ts";
import { renderSummary } from "../../dsl/interpreters/summary/text.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow, type Problem, ProblemError } from "../fp.ts";
import { renderProblems } from "../../dsl/problem/render.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { attentionForks } from "../masks/attention.ts";
import { drawMasks } from "../masks/draw.ts";
import type { RunConfig } from "../training/config.ts";
import { runCurves } from "../training/run_curves.ts";
import { withoutChoice } from "../training/missing_weights.ts";
import type { UseOptions } from "../training/trained.ts";
import { enginesOf, type EpochRecord } from "../training/record.ts";
import { folded, pairs, paragraph, picture, preformatted } from "./html.ts";

export interface PageOptions extends Omit<UseOptions, "weights"> {
  /** Whether weights are used to show masks and confusions; otherwise the page has what the files hold. */
  readonly measure: boolean;
  readonly images: readonly string[];
  readonly onNote: (text: string) => void;
}

export async function networkPart(config: RunConfig): Promise<string> {
  const { name, net, input } = config;
  const planned = orThrow(plan(net, input, usingOf(config)));
  const summary = renderSummary(planned, { name, width: 96 });
  const drawn = await diagram(planned, { format: "svg", title: name });
  return [
    folded(`Summary of ${name}`, preformatted(summary)),
    folded(`Diagram of ${name}`, picture(drawn, `Diagram of ${name}`, { whole: true })),
  ].join("\n");
}

/** The curves of a run, for wide and for narrow pages. */
export async function curvesPart(
  run: RunFolder,
  config: RunConfig,
  title: string,
): Promise<string> {
  const svg = orThrow(await runCurves(run, config, { title }));
  const narrow = orThrow(await runCurves(run, config, { title, width: "narrow" }));
  return picture(svg, `Curves of ${run.folder}`, { narrow });
}

export function optionsPart(config: RunConfig, epochs: readonly EpochRecord[]): string {
  const { name, data, input, recipe, from, earlier = [], engine, backend, threads, versions } =
    config;
  const flat = Object.entries({ ...recipe }).map(([field, value]) =>
    [field, shown(value)] as const
  );
  return folded(
    `Every option and version of ${name}`,
    pairs([
      ["network", name],
      ["data", data],
      ["input", input.join("x")],
      ...flat,
      ...(from === undefined ? [] : [
        ["began with weights of", from.weights] as const,
        ["started anew", from.anew.join(", ") || "nothing"] as const,
      ]),
      ...earlier.map(({ until, epochs }) =>
        ["was to be", `${epochs} epochs long until step ${until}`] as const
      ),
      ["engine", engine],
      ["backend", backend],
      ...enginesOf(epochs).map((description) => ["computed by", description] as const),
      ...(threads === undefined ? [] : [["threads", `${threads}`] as const]),
      ...Object.entries(versions).map(([part, version]) =>
        [`version of ${part}`, version] as const
      ),
    ]),
  );
}

function shown(value: unknown): string {
  if (typeof value !== "object" || value === null) return `${value}`;
  return Object.entries(value).map(([field, inner]) => `${field} ${inner}`).join(", ");
}

/**
 * The masks of a run on some test images; nothing for a network without attention.
 *
 * @throws {ProblemError} When there is no such image.
 */
export async function masksPart(
  folder: string,
  { net, input }: RunConfig,
  { images, onNote, measure: _, ...use }: PageOptions,
): Promise<string> {
  if (attentionForks(orThrow(plan(net, input, usingOf(use)))).length === 0 || images.length === 0) {
    return "";
  }
  onNote(`drawing the masks of ${folder}`);
  const sheets = withoutChoice(await drawMasks(folder, images, use));
  if (sheets._tag === "Left") {
    if (sheets.left.some(({ layer }) => layer === "option")) throw new ProblemError(sheets.left);
    return missing("The masks could not be drawn", sheets.left);
  }
  return sheets.right.map(({ name, svg }) => picture(svg, `Masks on ${name}`, { whole: true }))
    .join("\n");
}

/** Says what is not on the page, and why. */
export function missing(what: string, problems: readonly Problem[]): string {
  return paragraph(`${what}:`) + preformatted(renderProblems(problems));
}
