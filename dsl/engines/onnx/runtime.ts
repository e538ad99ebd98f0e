/**
 * Loading ONNX Runtime. It is an npm package of native code for every system,
 * 114 MB to fetch and 290 MB on disk, and so it is loaded by the first call
 * that needs it and need not be there.
 *
 * The specifier is put together at run time: a literal import would make Deno
 * fetch the package for every program that has this module in its graph, and
 * an entry in the import map would for every `deno task`. It is an `npm:`
 * specifier, because an import map does not travel with a published package.
 */
import type * as common from "onnxruntime-common";
import project from "../../../deno.json" with { type: "json" };
import { IS_BINARY } from "../../problem/binary.ts";
import type { Problem } from "../../problem/problem.ts";
import { fail, type Result, right } from "../../problem/result.ts";

/** What netfold uses of ONNX Runtime. */
export type Runtime = Pick<typeof common, "InferenceSession" | "Tensor" | "env">;

/** The npm package and its version, which is that of the package with its types. */
export const PACKAGE: string = project.imports["onnxruntime-common"].replace("common", "node");

/**
 * ONNX Runtime, fetched from npm when it is not in Deno's cache. Needs
 * `--allow-ffi` for that cache, and no other permission. It fails when the
 * package is unavailable, when Deno does not allow native code, and when
 * there is no library for this system or it does not load, and in a binary of `deno compile`: what
 * Deno takes out of one is a native library alone, and ONNX Runtime's is two files side by side.
 */
export async function loadRuntime(
  isBinary: boolean = IS_BINARY,
): Promise<Result<Runtime>> {
  if (isBinary) return fail(NOT_IN_BINARIES);
  try {
    const module: { readonly default: Runtime } = await import(PACKAGE);
    return right(module.default);
  } catch (error) {
    return fail(loadingProblem(error));
  }
}

const NOT_IN_BINARIES: Problem = {
  path: "onnx",
  layer: "engine",
  code: "library-missing",
  rule: "ONNX Runtime must be there",
  got: "a binary, which does not hold it",
  wanted: PACKAGE,
  hint: "use the engine tfjs, or netfold as deno install gives it",
};

/** Why ONNX Runtime could not be loaded, by the error that its import threw. */
export function loadingProblem(error: unknown): Problem {
  const text = messageOf(error);
  if (error instanceof Error && error.name === "NotCapable") {
    return {
      path: "onnx",
      layer: "permission",
      code: "not-allowed",
      rule: "Deno must allow the native library of ONNX Runtime",
      got: text.replace(/, run again.*$/, ""),
      wanted: "--allow-ffi",
      hint:
        "add --allow-ffi; netfold's tasks allow it in Deno's usual cache folder and in DENO_DIR",
    };
  }
  const problem = { path: "onnx", layer: "engine", got: text };
  switch (codeOf(error)) {
    case "ERR_MODULE_NOT_FOUND":
      return {
        ...problem,
        code: "package-missing",
        rule: "the package of ONNX Runtime must be there",
        wanted: PACKAGE,
        hint: "run it once with a connection to npm, which fetches the package (114 MB); " +
          `a project with a node_modules folder of its own needs deno add ${PACKAGE}`,
      };
    case "MODULE_NOT_FOUND": {
      const [, system] = /napi-v\d+\/([^/]+\/[^/]+)\//.exec(text) ?? [];
      return {
        ...problem,
        code: "library-missing",
        rule: "ONNX Runtime must have a library for this system",
        got: system === undefined ? text : `none for ${system}`,
        wanted: "linux, win32 (x64 or arm64) or darwin (arm64)",
        hint: "use the engine tfjs",
      };
    }
    default:
      return {
        ...problem,
        code: "library-failed",
        rule: "the native library of ONNX Runtime must load",
        wanted: "a library that loads",
        hint: "it needs glibc 2.28 or newer on Linux and the Visual C++ runtime on Windows; " +
          "a damaged copy in Deno's cache is mended by removing its folder",
      };
  }
}

/** The message in one line, without the numbers of causes. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\nRequire stack:.*$/s, "").replaceAll(/\s*\n\s*\d+: /g, ": ")
    .replaceAll(/\s*\n\s*/g, "; ");
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
