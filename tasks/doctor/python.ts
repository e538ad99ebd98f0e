/** Python and PyTorch, for training with --engine torch and for reading what torch.save wrote. */
import * as v from "valibot";
import { messageOf } from "../files/io_problem.ts";

export interface PythonReport {
  /** The interpreter, as it is called. */
  readonly python: string;
  readonly state: "ok" | "no-torch" | "missing" | "not-allowed" | "failed";
  /** Python's version, PyTorch's, and the devices that it can train on beside the processor. */
  readonly version?: string;
  readonly torch?: string;
  readonly devices?: readonly string[];
  /** What went wrong, in the words of whoever said it. */
  readonly got?: string;
}

const SCRIPT = `
import json, platform
found = {"version": platform.python_version()}
try:
    import torch
    found["torch"] = str(torch.__version__)
    cuda = range(torch.cuda.device_count()) if torch.cuda.is_available() else []
    found["devices"] = [torch.cuda.get_device_name(i) for i in cuda]
    if torch.backends.mps.is_available():
        found["devices"].append("Apple's graphics (mps)")
except ImportError as error:
    found["got"] = str(error)
print(json.dumps(found))
`;

const FOUND = v.object({
  version: v.string(),
  torch: v.exactOptional(v.string()),
  devices: v.exactOptional(v.array(v.string())),
  got: v.exactOptional(v.string()),
});

/** Milliseconds after which an interpreter is given up. */
const PATIENCE = 60_000;

/** Asks an interpreter, that of `NETFOLD_PYTHON` or `python3`, what it is and what it has. */
export async function inspectPython(
  python: string = interpreter(),
): Promise<PythonReport> {
  const { state } = await Deno.permissions.query({ name: "run", command: python });
  if (state !== "granted") return { python, state: "not-allowed" };
  const signal = AbortSignal.timeout(PATIENCE);
  try {
    const { success, stdout, stderr } = await new Deno.Command(python, {
      args: ["-c", SCRIPT],
      stdin: "null",
      signal,
    }).output();
    if (!success) return { python, state: "failed", got: lastLine(stderr) || "no answer" };
    const found = v.parse(FOUND, JSON.parse(new TextDecoder().decode(stdout)));
    return { python, state: found.torch === undefined ? "no-torch" : "ok", ...found };
  } catch (error) {
    return error instanceof Deno.errors.NotFound
      ? { python, state: "missing", got: "no such program" }
      : { python, state: "failed", got: messageOf(error) };
  }
}

function interpreter(): string {
  try {
    return Deno.env.get("NETFOLD_PYTHON") ?? "python3";
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return "python3";
    throw error;
  }
}

function lastLine(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim().split("\n").at(-1) ?? "";
}
