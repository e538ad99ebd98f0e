/**
 * The tensors of a file with a state dict of PyTorch's: safetensors as they are, PyTorch's own
 * files by way of Python, for they hold pickled objects, of which nothing is executed.
 */
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { E, pipe, refused, type Result, right, type Words } from "../fp.ts";
import { readBytes } from "../files/atomic.ts";
import { LARGEST, regularSize } from "../files/regular.ts";
import { decodeFloats } from "../files/safetensors_floats.ts";
import { torchMissing } from "../training/torch_process.ts";
import script from "./state_dict.py.ts";

/** The tensors of a file by PyTorch's names, float32, in the layouts of the file. */
export interface StateDict {
  readonly tensors: Tensors;
  /** The names of tensors that are no floats. */
  readonly leftOut: readonly string[];
  /** Whether the tensors follow each other as their layers do. */
  readonly isOrdered: boolean;
}

/**
 * Reads a state dict, or a checkpoint with one in it. A file that does not end in `.safetensors`
 * needs `--allow-run` for the interpreter, and torch in it.
 */
export async function readStateDict(path: string, python: string): Promise<Result<StateDict>> {
  const isPlain = path.endsWith(".safetensors");
  return pipe(
    isPlain ? await readBytes(path, { atMost: LARGEST.weights }) : await readPickled(path, python),
    E.flatMap((bytes) => decodeFloats(bytes, path)),
    E.map(({ isSorted, ...floats }) => ({
      ...floats,
      isOrdered: !isSorted || !isPlain && areCounted([...floats.tensors.keys()]),
    })),
    E.filterOrElse(
      ({ tensors }) => tensors.size > 0,
      () => broken(path, "no floats by name").left,
    ),
  );
}

/** Whether names whose numbers differ follow each other as the numbers do: `l2` before `l10`. */
function areCounted(names: readonly string[]): boolean {
  return names.every((name, i) => i === 0 || NUMBERED.compare(names[i - 1] ?? "", name) <= 0);
}

const NUMBERED = new Intl.Collator("en", { numeric: true });

/** A file of `torch.save`, as the bytes of safetensors. */
async function readPickled(path: string, python: string): Promise<Result<Uint8Array>> {
  const size = await regularSize(path, LARGEST.weights);
  if (size._tag === "Left") return size;
  if (size.right === 0) return broken(path, "an empty file");
  try {
    const command = new Deno.Command(python, { args: ["-c", script, path], stdin: "null" });
    const { success, stdout, stderr } = await command.output();
    if (success) return right(stdout);
    const said = new TextDecoder().decode(stderr).trim();
    if (/No module named '?torch'?/.test(said)) return noTorch(path, python, "it has no torch");
    const [, kind = "", words = ""] = /^error: (\w+): (.*)$/m.exec(said) ?? [];
    return kind === "global"
      ? withGlobal(path, words)
      : broken(path, words || (said.split("\n").at(-1) ?? ""));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return noTorch(path, python, "no such program");
    throw error;
  }
}

function broken(path: string, got: string) {
  return wrong(path, "broken-file", {
    rule: "the file must be one that torch.save wrote of a state dict",
    got,
    wanted: "tensors by name",
    hint: "in Python: torch.save(model.state_dict(), FILE)",
  });
}

/** What stands beside the weights could run any program when it is read, so it is not read. */
function withGlobal(path: string, name: string) {
  return wrong(path, "pickled-global", {
    rule: "the file must hold weights and plain values alone, nothing that is executed",
    got: `the global ${name}`,
    wanted: "tensors, numbers, text, lists and dictionaries",
    hint: "if you trust the file, keep its state dict alone, in Python: " +
      "checkpoint = torch.load(FILE, weights_only=False); torch.save(checkpoint[KEY], NEW)",
  });
}

function wrong(path: string, code: string, words: Words) {
  return refused({ path, layer: "state dict", code }, words);
}

function noTorch(path: string, python: string, got: string): Result<never> {
  const rule = "a file of PyTorch needs Python with torch to be read";
  const words = { layer: "state dict", rule, got: `${python}: ${got}` };
  return torchMissing(path, words, ", or a safetensors file");
}
