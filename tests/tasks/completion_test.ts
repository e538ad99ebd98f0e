/** Completion of the tasks, as netfold tells it and as a shell shows it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl } from "@std/path";
import { SCHEDULES } from "../../dsl/programs/schedule.ts";
import { ZOO_NAMES } from "../../nets/zoo.ts";
import { candidates } from "../../tasks/completion/candidates.ts";
import { COMMANDS } from "../../tasks/completion/commands.ts";

const program = fromFileUrl(new URL("../../tasks/completion/main.ts", import.meta.url));
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
  output(Deno.execPath(), ["run", "--no-lock", "--quiet", "--allow-read", program, ...args]);

Deno.test("candidates() are the tasks, their options and the choices of these", () => {
  assertEquals(candidates(["d"]), ["diagram", "diff", "doctor"]);
  assertEquals(candidates(["train", "--sch"]), ["--schedule"]);
  assertEquals(candidates(["train", "--schedule", "c"]), ["constant", "cosine"]);
  assertEquals(candidates(["train", "--schedule=co"]), [
    "--schedule=constant",
    "--schedule=cosine",
  ]);
  assertEquals(candidates(["train", "x", "--preset", "p"]), ["paper"]);
  assertEquals(candidates(["train", "--data", "cif"]), ["cifar10", "cifar100"]);
  assertEquals(candidates(["train", "--data=s"]), ["--data=shapes"]);
  assertEquals(candidates(["evaluate", "run", "--backend", "w"]), ["webgpu", "wasm"]);
  assertEquals(candidates(["predict", "run", "--engine", ""]), ["auto", "tfjs", "onnx"]);
  assertEquals(candidates(["train", "--engine", "to"]), ["torch"]);
  assertEquals(candidates(["train", "--thr"]), ["--threads"]);
  assertEquals(candidates(["train", "--np"]), ["--nproc"]);
  assertEquals(candidates(["export", "runs/a", "--format", ""]), ["onnx", "tfjs", "torch"]);
  assertEquals(candidates(["import", "a", "b.pth", "--n"]), ["--names"]);
  assertEquals(candidates(["diagram", "--format", ""]), ["mermaid", "dot", "svg"]);
  assertEquals(candidates(["completion", "z"]), ["zsh"]);
  assertEquals(candidates(["bench", "step", "p"]), ["plan"]);
});

Deno.test("candidates() are networks of the zoo where a network is wanted", () => {
  for (const task of ["train", "summary", "diagram", "diff", "import"]) {
    assertEquals(candidates([task, ""]), ZOO_NAMES);
  }
  assertEquals(candidates(["diff", "a", "cifar/attention-5"]), ["cifar/attention-56"]);
  assertEquals(candidates(["summary", "--batch", "8", "cifar/attention-5"]), [
    "cifar/attention-56",
  ]);
});

Deno.test("candidates() are none where a file is wanted or nothing is known", () => {
  assertEquals(candidates(["predict", "runs/"]), []);
  assertEquals(candidates(["predict", "run", "a.png", ""]), []);
  assertEquals(candidates(["train", "--resume", ""]), []);
  assertEquals(candidates(["train", "nets/"]), []);
  assertEquals(candidates(["fmt", "--"]), []);
});

Deno.test("candidates() leave out options and columns that are given already", () => {
  assertEquals(candidates(["paper", "--format=json", ""]), ["--help", "--version"]);
  assertEquals(candidates(["summary", "--columns=params,para"]), ["--columns=params,params%"]);
});

Deno.test("candidates() are the options that each task's help shows", async () => {
  const tasks = ["train", "evaluate", "predict", "summary", "diagram", "diff", "doctor", "import"];
  for (const task of tasks) {
    const flags = [
      "run",
      "--no-lock",
      "--quiet",
      "--allow-read",
      `tasks/${task}/main.ts`,
      "--help",
    ];
    const { stdout } = await output(Deno.execPath(), flags);
    const shown = new Set(stdout.match(/^ {2}--.*/gm)?.flatMap((line) => line.match(/--[a-z-]+/g)));
    for (const name of candidates([task, "--"])) assert(shown.has(name), `${task} ${name}`);
    const offered = new Set(candidates([task, "--"]));
    const own = stdout.match(/^ {2}--[a-z-]+/gm)?.map((name) => name.trim()) ?? [];
    for (const name of own) assert(offered.has(name), `${task} ${name}`);
  }
});

Deno.test("completion prints candidates, and says which shells there are", async () => {
  const asked = await completion("complete", "train", "--optimizer", "");
  assertEquals(asked, { code: 0, stdout: "sgd\nadamw\nlion\nmuon\n", stderr: "" });
  const unknown = await completion("bsh");
  assertEquals([unknown.code, unknown.stdout], [2, ""]);
  assertStringIncludes(unknown.stderr, 'wanted bash, zsh or fish, got "bsh"; did you mean "bash"?');
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
    assertEquals(await inBash(["deno", "task", ""]), [...COMMANDS.keys()]);
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
