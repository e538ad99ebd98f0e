/**
 * The state dict of a network of PyTorch: safetensors as they are, PyTorch's own
 * files by way of Python, for they hold pickled objects.
 */
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { E, fail, pipe, refused, type Result, right } from "../fp.ts";
import { readBytes } from "../files/atomic.ts";
import { ioProblem } from "../files/io_problem.ts";
import { decodeSafetensors } from "../files/safetensors.ts";
import { torchMissing } from "../training/torch_process.ts";
import script from "./state_dict.py" with { type: "text" };

/** Around the names of a module that is trained on several devices, or compiled. */
const WRAPPERS = ["module.", "_orig_mod."];

/**
 * The tensors of a file by PyTorch's names, float32, in the layouts of the file. One that does not
 * end in `.safetensors` needs `--allow-run` for the interpreter, and torch in it.
 */
export async function readStateDict(path: string, python: string): Promise<Result<Tensors>> {
  return pipe(
    path.endsWith(".safetensors") ? await readBytes(path) : await readPickled(path, python),
    E.flatMap((bytes) => decodeSafetensors(bytes, path, { leaveOut: ["I64"] })),
    E.map(({ tensors }) => unwrapped(tensors)),
  );
}

/** A file of `torch.save`, as the bytes of safetensors. */
async function readPickled(path: string, python: string): Promise<Result<Uint8Array>> {
  try {
    await Deno.stat(path);
  } catch (error) {
    return fail(ioProblem(error, path, "read"));
  }
  try {
    const command = new Deno.Command(python, { args: ["-c", script, path], stdin: "null" });
    const { success, stdout, stderr } = await command.output();
    if (success) return right(stdout);
    const said = new TextDecoder().decode(stderr).trim();
    if (/No module named '?torch'?/.test(said)) return noTorch(path, python, "it has no torch");
    return refused({ path, layer: "state dict", code: "broken-file" }, {
      rule: "the file must be one that torch.save wrote of a state dict",
      got: said.split("\n").at(-1)?.replace(/^error: /, "") ?? "",
      wanted: "tensors by name",
      hint: "in Python: torch.save(model.state_dict(), FILE)",
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return noTorch(path, python, "no such program");
    throw error;
  }
}

function noTorch(path: string, python: string, got: string): Result<never> {
  const rule = "a file of PyTorch needs Python with torch to be read";
  const words = { layer: "state dict", rule, got: `${python}: ${got}` };
  return torchMissing(path, words, ", or a safetensors file");
}

/** Without the names around every name. */
function unwrapped(tensors: Tensors): Tensors {
  const names = [...tensors.keys()];
  const wrapper = WRAPPERS.find((one) =>
    names.length > 0 && names.every((name) => name.startsWith(one))
  );
  if (wrapper === undefined) return tensors;
  return unwrapped(
    new Map([...tensors].map(([name, tensor]) => [name.slice(wrapper.length), tensor])),
  );
}
