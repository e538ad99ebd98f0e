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
      `import torch
from folder import Run
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
said.append(os.path.exists("none"))
refused(lambda: Run("other/run", {}, True).begin(False))
os.symlink("../other", "run/metrics.jsonl")
refused(lambda: run.record({}))
os.mkdir("run/last.safetensors")
standing = {"classes": [], "seed": 0, "position": {}, "torch": {}}
normalization = {"mean": torch.zeros(3), "std": None}
run.config = {"input": [], "recipe": {}, "net": {}}
refused(lambda: run.save(run.last, {}, {**standing, "normalization": normalization}))`,
    );
    const refusal =
      "error: the lock cannot be opened: run/lock.json is a link or no ordinary file" +
      " of its own; remove it, or move it to another place";
    assertEquals(said, [
      ...[refusal, ["lock.json"], refusal, ["lock.json"], refusal, ["lock.json"]],
      ...[refusal, ["lock.json"], refusal, ["lock.json"]],
      ...[true, [], "kept", false],
      "error: other/run cannot be made: Not a directory; choose another with --out",
      "error: run/metrics.jsonl cannot be written: run/metrics.jsonl is a link or no ordinary file" +
      " of its own; remove it, or move it to another place; what was saved before is kept",
      "error: run/last.safetensors cannot be written: Is a directory; what was saved before is kept",
    ]);
  },
);

folderTest(
  "a pipe and a file that is too large are refused wherever a file is named",
  async (folder) => {
    const said = await printed(
      folder,
      `import tarfile
import shards
from data import read_raw
from images import pictures
from regular import MOST_IMAGE, content_of
from train import read
from state import read_weights
os.mkdir("class")
for name in ("pipe", "class/a.png", "class/b", "manifest.json"):
    os.mkfifo(name)
os.symlink("/dev/zero", "class/c")
with open("class/d.png", "wb") as file:
    file.truncate(2**29 + 1)
with tarfile.open("0.tar", "w") as tar:
    entry = tarfile.TarInfo("a.jpg")
    entry.size = 2**29 + 1
    tar.fileobj.write(entry.tobuf())
said.append(pictures("class"))
for path in said[0]:
    refused(lambda: content_of(path, MOST_IMAGE))
refused(lambda: read_raw(".", [8, 8, 3]))
refused(lambda: read(["--config", "pipe"]))
refused(lambda: read_weights("pipe"))
refused(lambda: list(shards.files("pipe")))
refused(lambda: list(shards.files("0.tar")))`,
    );
    const pipe = "is a folder, a device or a pipe, and only an ordinary file can be";
    assertEquals(said, [
      ["class/a.png", "class/d.png"],
      `class/a.png ${pipe} opened`,
      "class/d.png is of 536870913 bytes, and at most 536870912 are read",
      `error: ./manifest.json cannot be read: ./manifest.json ${pipe} opened`,
      `error: pipe cannot be read: pipe ${pipe} opened`,
      `error: pipe ${pipe} read`,
      `error: pipe cannot be read: pipe ${pipe} opened`,
      "error: 0.tar cannot be read: a.jpg is of 536870913 bytes, and at most 536870912 are read",
    ]);
  },
);
