/**
 * The documents hold what they say: every block of TypeScript that `deno test --doc` does not run
 * is checked for its types, every quotation is word for word, every command exists and knows its
 * options, every link leads somewhere.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { COMMAND_NAMES, isCommandName } from "../../tasks/cli/commands.ts";
import { candidates } from "../../tasks/completion/candidates.ts";
import { PRESETS } from "../../tasks/training/mod.ts";
import { percent } from "../../tasks/terminal/format.ts";
import { withFolder } from "../files/_folder.ts";
import {
  type Block,
  blocksOf,
  documents,
  fileName,
  isCode,
  isRun,
  quotedFile,
  root,
} from "./_blocks.ts";
import { COMMAND, networksPage } from "./networks.ts";
import * as results from "./results.ts";

const all = (await Promise.all((await documents()).map(blocksOf))).flat();
const code = all.filter((block) => isCode(block) && quotedFile(block) === undefined);
const at = ({ document, line }: Block): string => `${document}:${line}`;

Deno.test("every block of the documents that is not run passes the type checker", async () => {
  await withFolder(async (folder) => {
    const blocks = code.filter((block) => !isRun(block));
    const files = await Promise.all(blocks.map(async (block) => {
      const file = join(folder, fileName(block));
      // An import or export makes a module of it; a block need not have one.
      await Deno.writeTextFile(file, `${block.text}\nexport {};\n`);
      return file;
    }));
    const args = ["check", "--no-lock", "--config", join(root, "deno.json"), ...files];
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    assert(success, new TextDecoder().decode(stderr));
  });
});

Deno.test("blocks that quote a file of netfold's are part of it word for word", async () => {
  for (const block of all) {
    const file = quotedFile(block);
    if (file === undefined) continue;
    assertStringIncludes(await Deno.readTextFile(join(root, file)), block.text, at(block));
  }
});

/** The commands of the shell blocks, without what follows a #. */
const commands = all.filter(({ words }) => words[0] === "sh").flatMap((block) =>
  block.text.replaceAll("\\\n", " ").split("\n")
    .map((line) => ({ block, line: line.replace(/\s#.*$/, "").trim() }))
    .filter(({ line }) => line !== "" && !line.startsWith("#"))
);

const helpTexts = new Map<string, Promise<string>>();

const tasks: Readonly<Record<string, { readonly command: string }>> = project.tasks;

/** What a script of netfold's that is no command says of itself. */
function helpOf(task: string): Promise<string> {
  const known = helpTexts.get(task);
  if (known !== undefined) return known;
  const [script = ""] = /t(?:asks|ests)\/[\w/]+\.ts/.exec(tasks[task]?.command ?? "") ?? [];
  const args = ["run", "--no-lock", "--no-prompt", "--config", join(root, "deno.json")]
    .concat("--allow-read", join(root, script), "--help");
  const asked = new Deno.Command(Deno.execPath(), { args, env: { NO_COLOR: "1" } }).output()
    .then(({ stdout }) => new TextDecoder().decode(stdout));
  helpTexts.set(task, asked);
  return asked;
}

/** Whether a task has an option; a command's completion offers those that its help shows. */
async function hasOption(task: string, option: string): Promise<boolean> {
  const known = isCommandName(task) ? await candidates([task, option]) : await helpOf(task);
  return known.includes(option);
}

Deno.test("every command in the documents is a task, and knows the options it is given", async () => {
  for (const { block, line } of commands) {
    const [, task, rest = ""] = /^(?:npx --yes )?(?:deno task|netfold) ([a-z-]+)(.*)$/.exec(line) ??
      [];
    if (task === undefined) {
      assert(
        /^(deno (run|test|add|bundle|install|compile)|netfold|source|npx --yes deno|node|npm|python3|torchrun|tensorboard|sbatch|cd|git|export|curl) /
          .test(line),
        `${at(block)}: ${line}`,
      );
      continue;
    }
    assert(Object.hasOwn(tasks, task), `${at(block)}: there is no task ${task}`);
    const options = rest.match(/(?<=\s)--[a-z0-9-]+/g) ?? [];
    for (const option of options) {
      assert(await hasOption(task, option), `${at(block)}: ${line}`);
    }
  }
});

Deno.test("links between the documents lead somewhere", async () => {
  for (const document of await documents()) {
    const text = await Deno.readTextFile(join(root, document));
    const headings = async (file: string) =>
      [...(await Deno.readTextFile(file)).matchAll(/^#+ (.*)$/gm)]
        .map(([, heading = ""]) =>
          heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
        );
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? join(root, document) : join(root, dirname(document), path);
      assert((await Deno.stat(file)).isFile, `${document}: ${target}`);
      if (anchor !== undefined) {
        assert((await headings(file)).includes(anchor), `${document}: ${target}`);
      }
    }
  }
});

Deno.test("the documents that README and the index name are all there", async () => {
  assertEquals((await documents()).slice(1), [
    "docs/board.md",
    "docs/browser.md",
    "docs/coming_from_keras.md",
    "docs/coming_from_pytorch.md",
    "docs/cookbook.md",
    "docs/data.md",
    "docs/export.md",
    "docs/extend/README.md",
    "docs/extend/augmentation.md",
    "docs/extend/data_set.md",
    "docs/extend/engine.md",
    "docs/extend/initialiser.md",
    "docs/extend/interpreter.md",
    "docs/extend/layer.md",
    "docs/extend/loss.md",
    "docs/extend/merge.md",
    "docs/extend/optimiser.md",
    "docs/extend/schedule.md",
    "docs/networks.md",
    "docs/package.md",
    "docs/paper.md",
    "docs/performance.md",
    "docs/pitfalls.md",
    "docs/program.md",
    "docs/pytorch.md",
    "docs/reliability.md",
    "docs/start.md",
    "docs/studies.md",
    "docs/why.md",
  ]);
});

Deno.test("README names every command, and docs/program.md the permissions of each", async () => {
  const tables = { "README.md": /deno task ([a-z-]+)/g, "docs/program.md": /`([a-z-]+)`/g };
  for (const [page, name] of Object.entries(tables)) {
    const lines = (await Deno.readTextFile(join(root, page))).split("\n");
    const first = lines.filter((line) => line.startsWith("| `")).map((line) =>
      line.split(" | ")[0]
    );
    const named = new Set(first.join("\n").matchAll(name).map((match) => match[1]));
    assertEquals(COMMAND_NAMES.filter((command) => !named.has(command)), [], page);
  }
});

Deno.test("README's accuracies are those of the pretrained networks, and so is its picture", async () => {
  const read = (path: string) => Deno.readTextFile(join(root, path));
  const readme = (await read("README.md")).replaceAll(/\s+/g, " ");
  const accuracyOf = async (name: string) => {
    const lines = await read(`nets/pretrained/${name}/metrics.jsonl`);
    return percent(JSON.parse(lines.trim().split("\n").at(-1) ?? "").test.top1);
  };
  const own = await accuracyOf("cifar/attention-8");
  assertStringIncludes(readme, `test accuracy ${own} of 10,000 images`);
  assertStringIncludes(await read("docs/confusion.svg"), `Accuracy ${own}`);
  const wide = await accuracyOf("cifar/attention-8-wide");
  assertStringIncludes(readme, `\`cifar/attention-8-wide\`, to ${wide}`);
});

Deno.test("docs/networks.md tells of the zoo as it is", async () => {
  const page = await Deno.readTextFile(join(root, "docs/networks.md"));
  assertEquals(page, await networksPage(), `write it again: ${COMMAND}`);
});

Deno.test("pages and pictures of docs/results are what their numbers make", async () => {
  for (const study of await results.studies()) {
    for (const [name, text] of await results.filesOf(study)) {
      const there = await Deno.readTextFile(join(root, "docs/results", name));
      assertEquals(there, text, `make them again: ${results.COMMAND}`);
    }
  }
});

Deno.test("the table of presets says what each preset does", async () => {
  const cookbook = await Deno.readTextFile(join(root, "docs/cookbook.md"));
  const rows = cookbook.matchAll(/^\| `(\w+)` +\| +([\d,]*) \| +(\d+) \| (Muon|SGD) +\|/gm);
  const told = [...rows].map(([, ...row]) => row);
  const own = Object.entries(PRESETS).map(([name, { steps, batch, optimizer }]) => {
    const kind = optimizer.kind === "groups" ? "Muon" : "SGD";
    return [name, steps?.toLocaleString("en") ?? "", `${batch}`, kind];
  });
  assertEquals(told.toSorted(), own.toSorted());
});
