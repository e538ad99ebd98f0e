/** Completion of the tasks, as netfold tells it and as a shell shows it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { SCHEDULES } from "../../dsl/programs/schedule.ts";
import { ZOO_NAMES } from "../../nets/zoo.ts";
import { withFolder } from "../files/_folder.ts";
import { candidates } from "../../tasks/completion/candidates.ts";
import { COMMAND_NAMES } from "../../tasks/cli/commands.ts";

const program = fromFileUrl(new URL("../../tasks/cli/main.ts", import.meta.url));
const root = dirname(dirname(dirname(program)));

async function output(
  command: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const env = { NO_COLOR: "1" };
  const ended = await new Deno.Command(command, { args: [...args], cwd: root, env }).output();
  const [stdout, stderr] = [ended.stdout, ended.stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  return { code: ended.code, stdout: stdout ?? "", stderr: stderr ?? "" };
}

const completion = (...args: readonly string[]) =>
  output(Deno.execPath(), [
    "run",
    "--no-lock",
    "--quiet",
    "--allow-read",
    program,
    "completion",
    ...args,
  ]);

Deno.test("candidates() are the tasks, their options and the choices of these", async () => {
  assertEquals(await candidates(["d"]), ["diagram", "diff", "doctor"]);
  assertEquals(await candidates(["train", "--sch"]), ["--schedule"]);
  assertEquals(await candidates(["train", "--schedule", "c"]), ["constant", "cosine"]);
  assertEquals(await candidates(["train", "--schedule=co"]), [
    "--schedule=constant",
    "--schedule=cosine",
  ]);
  assertEquals(await candidates(["train", "x", "--preset", "p"]), ["paper"]);
  assertEquals(await candidates(["train", "--data", "cif"]), ["cifar10", "cifar100"]);
  assertEquals(await candidates(["train", "--data=s"]), ["--data=shapes"]);
  assertEquals(await candidates(["evaluate", "run", "--backend", "w"]), ["webgpu", "wasm"]);
  assertEquals(await candidates(["predict", "run", "--engine", ""]), ["auto", "tfjs", "onnx"]);
  assertEquals(await candidates(["train", "--engine", "to"]), ["torch"]);
  assertEquals(await candidates(["train", "--thr"]), ["--threads"]);
  assertEquals(await candidates(["train", "--np"]), ["--nproc"]);
  assertEquals(await candidates(["export", "runs/a", "--format", ""]), ["onnx", "tfjs", "torch"]);
  assertEquals(await candidates(["import", "a", "b.pth", "--n"]), ["--names"]);
  assertEquals(await candidates(["diagram", "--format", ""]), ["mermaid", "dot", "svg"]);
  assertEquals(await candidates(["completion", "z"]), ["zsh"]);
});

Deno.test("candidates() are networks of the zoo where a network is wanted", async () => {
  for (const task of ["train", "summary", "diagram", "diff", "import"]) {
    assertEquals(await candidates([task, ""]), ZOO_NAMES);
  }
  assertEquals(await candidates(["diff", "a", "cifar/attention-5"]), ["cifar/attention-56"]);
  assertEquals(await candidates(["summary", "--batch", "8", "cifar/attention-5"]), [
    "cifar/attention-56",
  ]);
});

Deno.test("candidates() are runs where a run is wanted, those of studies too", async () => {
  await withFolder(async (folder) => {
    for (const run of ["runs/a-1", "runs/a-2", "runs/studies/mask-tiny/b", "elsewhere/c"]) {
      await Deno.mkdir(join(folder, run), { recursive: true });
      await Deno.writeTextFile(join(folder, run, "config.json"), "{}");
    }
    await Deno.mkdir(join(folder, "runs/no-run"));
    const all = ["runs/a-1", "runs/a-2", "runs/studies/mask-tiny/b"];
    for (const words of [["train", "--resume"], ["pack"], ["predict"], ["report", "runs/a-1"]]) {
      assertEquals(await candidates([...words, "runs/"], folder), all, words.join(" "));
    }
    assertEquals(await candidates(["train", "--from=runs/s"], folder), [`--from=${all[2]}`]);
    assertEquals(await candidates(["train", "--resume", ""], join(folder, "elsewhere")), []);
  });
});

Deno.test("candidates() are none where a file is wanted or nothing is known", async () => {
  assertEquals(await candidates(["predict", "run", "a.png", ""]), []);
  assertEquals(await candidates(["train", "nets/"]), []);
  assertEquals(await candidates(["fmt", "--"]), []);
});

Deno.test("candidates() leave out options and columns that are given already", async () => {
  assertEquals(await candidates(["paper", "--format=json", ""]), ["--help", "--version"]);
  assertEquals(await candidates(["summary", "--columns=params,para"]), [
    "--columns=params,params%",
  ]);
});

Deno.test("every command loads, and candidates() are the options that its help shows", async () => {
  const { code, stdout, stderr } = await output(Deno.execPath(), [
    "eval",
    `import { netfold } from "./tasks/cli/main.ts";
    import { Exit } from "./tasks/cli/exit.ts";
    for (const name of ${JSON.stringify(COMMAND_NAMES)}) {
      console.log("#");
      await netfold([name, "-h"]).catch((error) => { if (!(error instanceof Exit)) throw error; });
    }`,
  ]);
  assertEquals(code, 0, stderr);
  const [, ...pages] = stdout.split("#\n");
  assertEquals(pages.length, COMMAND_NAMES.length);
  for (const [i, name] of COMMAND_NAMES.entries()) {
    const lines = pages[i]?.match(/^ {2}--.*/gm) ?? [];
    const shown = new Set(lines.flatMap((line) => line.match(/--[a-z0-9-]+/g)));
    const offered = new Set(await candidates([name, "--"]));
    for (const one of offered) assert(shown.has(one), `${name} ${one}`);
    for (const line of lines) assert(offered.has(/--[a-z0-9-]+/.exec(line)?.[0] ?? ""), line);
  }
});

Deno.test("completion prints candidates, and says which shells there are", async () => {
  const asked = await completion("complete", "train", "--optimizer", "");
  assertEquals(asked, { code: 0, stdout: "sgd\nadamw\nlion\nmuon\n", stderr: "" });
  const unknown = await completion("bsh");
  assertEquals([unknown.code, unknown.stdout], [2, ""]);
  assertStringIncludes(unknown.stderr, 'did you mean "bash"? got "bsh"');
  assertEquals((await completion()).code, 2);
});

/** What bash shows for a command line that is taken apart as bash does. */
async function inBash(words: readonly string[], before = ""): Promise<readonly string[]> {
  const { stdout: script } = await completion("bash");
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, `${before}\n${script}`);
    const lines = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _netfold; ' +
      'printf "%s\\n" "${COMPREPLY[@]}"';
    const { stdout } = await output("bash", ["-c", lines, "bash", path, ...words]);
    return stdout.split("\n").filter((line) => line !== "");
  } finally {
    await Deno.remove(path);
  }
}

const bash = Deno.build.os !== "windows";

Deno.test({
  name: "the script for bash completes netfold's tasks",
  ignore: !bash,
  fn: async () => {
    assertEquals(await inBash(["deno", "task", ""]), COMMAND_NAMES);
    assertEquals(await inBash(["deno", "task", "train", "--sch"]), ["--schedule"]);
    const equals = ["deno", "task", "--quiet", "train", "--schedule", "="];
    assertEquals(await inBash([...equals, "cos"]), ["cosine"]);
    assertEquals(await inBash(equals), [...SCHEDULES]);
    assertEquals(await inBash([...equals, "cosine", "--opt"]), ["--optimizer"]);
  },
});

Deno.test({
  name: "the script for bash leaves everything else to what there was before",
  ignore: !bash,
  fn: async () => {
    const before = '_deno() { COMPREPLY=(ok "$2"); }; complete -F _deno deno';
    assertEquals(await inBash(["deno", "fm"], before), ["ok"]);
    assertEquals(await inBash(["deno", "task", "test", ""], before), ["ok"]);
    assertEquals(await inBash(["deno", "task", "su"], before), ["ok", "summary"]);
    assertEquals(await inBash(["deno", "fm"]), []);
  },
});
