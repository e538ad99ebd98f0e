/**
 * What PyTorch's script opens: ordinary files alone, up to a size; a lock that is a file of its
 * folder alone. A pipe would let it wait for ever.
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { runPython } from "./_torch.ts";
import { dataset, folderTest, net } from "./_training.ts";

/** What a program prints as JSON that can import the files of a project, in `folder`. */
async function printed(folder: string, code: string): Promise<unknown> {
  const project = join(folder, "project");
  const { config } = projectOf("small", net, dataset.train.shape);
  await Deno.mkdir(project);
  orThrow(await writeTorchProject(project, { config: { ...config, data: "imagenet" } }));
  const { stdout, stderr } = await runPython([
    "-c",
    `import json, os, sys
sys.path.insert(0, ${JSON.stringify(project)})
os.chdir(${JSON.stringify(folder)})
said = []
def refused(work):
    try:
        said.append(work())
    except (SystemExit, OSError, ValueError) as error:
        said.append(str(error))
${code}
print(json.dumps(said))`,
  ]);
  return JSON.parse(stdout || stderr);
}

folderTest(
  "a lock that is no file of its folder alone is refused and left as it is",
  async (folder) => {
    const said = await printed(
      folder,
      `from folder import Run
open("other", "w").write("kept")
run = Run("run", {}, True)
for make in (
    lambda path: os.symlink("../other", path),
    lambda path: os.symlink("../none", path),
    lambda path: os.link("other", path),
    os.mkfifo,
    os.mkdir,
):
    os.mkdir("run")
    make("run/lock.json")
    refused(run.hold)
    said.append(os.listdir("run"))
    os.rename("run", f"run{len(said)}")
os.mkdir("run")
open("run/lock.json", "w").write("what a kill left")
run.hold()
said.append(json.load(open("run/lock.json"))["process"] == os.getpid())
run.release()
said.append(os.listdir("run"))
said.append(open("other").read())
said.append(os.path.exists("none"))`,
    );
    const refusal =
      "error: the lock cannot be opened: run/lock.json is a link or no ordinary file" +
      " of its own; remove it, or move it to another place";
    assertEquals(said, [
      ...[refusal, ["lock.json"], refusal, ["lock.json"], refusal, ["lock.json"]],
      ...[refusal, ["lock.json"], refusal, ["lock.json"]],
      ...[true, [], "kept", false],
    ]);
  },
);
