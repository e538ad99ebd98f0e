/**
 * Python with ONNX's checker and runtime. The interpreter is that of
 * NETFOLD_PYTHON, else `python3`; without the packages onnx and onnxruntime
 * tests are skipped, unless NETFOLD_REQUIRE_ONNX is set.
 */
import { python as interpreter, testFile } from "../torch/_torch.ts";

/** What a Python program prints. */
export async function python(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(interpreter, { args: [...args] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

async function whyNot(): Promise<string | undefined> {
  try {
    await python("-c", "import numpy, onnx, onnxruntime");
    return undefined;
  } catch (error) {
    return `${error}`.trim().split("\n").at(-1);
  }
}

const missing = await whyNot();

/** Registers a test in a folder of its own. */
export function testPython(name: string, fn: (folder: string) => Promise<void>): void {
  Deno.test({
    name: missing === undefined ? name : `skipped: ${interpreter} has no onnx: ${name}`,
    ignore: missing !== undefined && !Deno.env.has("NETFOLD_REQUIRE_ONNX"),
    fn: async () => {
      if (missing !== undefined) {
        throw new Error(`NETFOLD_REQUIRE_ONNX is set: ${missing}; pip install onnx onnxruntime`);
      }
      const folder = await Deno.makeTempDir();
      try {
        await fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** What `check.py` finds in a file: the checker has passed it. */
interface Checked {
  readonly inputs: readonly string[];
  readonly logits: readonly number[];
  readonly described: boolean;
}

/** Checks a file, and runs it on images. */
export async function checked(path: string, images: string): Promise<Checked> {
  return JSON.parse(await python(testFile("onnx/check.py"), path, images));
}
