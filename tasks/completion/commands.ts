/** The command lines of all tasks that a shell completes. */
import { type Command, command } from "../cli/command.ts";
import { oneOf } from "../cli/reader.ts";
import { word, words } from "../cli/term.ts";
import { diagramCommand } from "../diagram/options.ts";
import { diffCommand } from "../diff/options.ts";
import { doctorCommand } from "../doctor/options.ts";
import { evaluateCommand } from "../evaluate/options.ts";
import { exportCommand } from "../export/options.ts";
import { findRateCommand } from "../find_rate/options.ts";
import { importCommand } from "../import/options.ts";
import { masksCommand } from "../masks/options.ts";
import { packCommand } from "../pack/options.ts";
import { paperCommand } from "../paper/options.ts";
import { planTrainingCommand } from "../plan_training/options.ts";
import { predictCommand } from "../predict/options.ts";
import { reportCommand } from "../report/options.ts";
import { runsCommand } from "../runs/options.ts";
import { showCommand } from "../show/options.ts";
import { studyCommand } from "../study/options.ts";
import { summaryCommand } from "../summary/options.ts";
import { trainCommand } from "../train/options.ts";

export const completionCommand = command({
  name: "completion",
  brief: "Prints a script that completes netfold's tasks in a shell.",
  footer:
    'The script holds in the shell that sources it, within the folder of netfold; fish is given it by "deno task --quiet completion fish | source".',
  examples: ["source <(deno task --quiet completion bash)"],
  missing: "The shell is missing: bash, zsh or fish.",
  terms: {
    shell: word(oneOf(["bash", "zsh", "fish"], "SHELL"), {
      description: "The shell: bash, zsh or fish.",
    }),
  },
});

const benchCommand = command({
  name: "bench",
  brief: "Measures speed beside its peers.",
  terms: { parts: words(oneOf(["step", "inference", "plan", "summary"], "PART")) },
});

export const COMMANDS: ReadonlyMap<string, Pick<Command, "terms">> = new Map([
  trainCommand,
  findRateCommand,
  evaluateCommand,
  studyCommand,
  showCommand,
  masksCommand,
  reportCommand,
  runsCommand,
  predictCommand,
  summaryCommand,
  planTrainingCommand,
  diagramCommand,
  exportCommand,
  importCommand,
  packCommand,
  diffCommand,
  paperCommand,
  doctorCommand,
  benchCommand,
  completionCommand,
].map(({ name, terms }) => [name, { terms }]));
