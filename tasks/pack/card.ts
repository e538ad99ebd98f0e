/** The card of a pretrained network: what it is, what it reaches, and the commands that made it. */
import { wrapped } from "../../dsl/problem/wrap.ts";
import { params } from "../../dsl/interpreters/counts/params.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { showShape } from "../../dsl/net/shape.ts";
import { count, duration, percent } from "../terminal/format.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import type { RunConfig } from "../training/config.ts";
import type { Figures } from "../training/measure.ts";
import { enginesOf, type EpochRecord } from "../training/record.ts";

/** What a card tells of. */
export interface CardSubject {
  readonly config: RunConfig;
  readonly plan: Plan;
  readonly checkpoint: Checkpoint;
  readonly epochs: readonly EpochRecord[];
  /** What the run reached on the test images, and what its packed weights reach. */
  readonly reached: { readonly run: Figures; readonly packed: Figures };
  /** The commands that made it. */
  readonly commands: readonly string[];
}

/** The width to which the formatter brings documents. */
const WIDTH = 100;

/** The card, as Markdown. */
export function card(subject: CardSubject): string {
  const { config, plan, checkpoint, epochs, reached, commands } = subject;
  const { name, data, input, versions } = config;
  const { run, packed } = reached;
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const steps = epochs.at(-1)?.step ?? 0;
  const paragraph = (text: string) => wrapped(text, WIDTH).join("\n");
  const item = (text: string) =>
    wrapped(text, WIDTH - 2).map((line, i) => `${i === 0 ? "- " : "  "}${line}`).join("\n");
  return [
    `# ${name}`,
    paragraph(
      `${count(params(plan).trainable)} parameters for images of ${showShape(input)}, trained on ` +
        `${data}: ${checkpoint.classes.join(", ")}. It takes a picture of anything else for one ` +
        `of these.`,
    ),
    [
      item(
        `${percent(run.top1)} of ${count(run.images)} test images right, top-5 ` +
          `${percent(run.top5)}, loss ${run.loss.toFixed(4)}; with the float16 kernels of this ` +
          `folder ${percent(packed.top1)}, ${percent(packed.top5)} and ${packed.loss.toFixed(4)}`,
      ),
      item(
        `${count(steps)} steps in ${duration(seconds)}, on ${enginesOf(epochs).join(", then ")}; ` +
          `netfold ${versions.netfold}, seed ${config.recipe.seed}`,
      ),
    ].join("\n"),
    paragraph("Made by:"),
    ["```sh", ...commands, "```"].join("\n"),
    "",
  ].join("\n\n").trimEnd() + "\n";
}
