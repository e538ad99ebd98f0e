/**
 * SHA-256 by the module of Node's that Deno has too. It is asked for when something is hashed: a page
 * has none, and a plain import of it would keep a page from everything else.
 */
import type { createHash } from "node:crypto";
import { ProblemError } from "../../dsl/problem/throw.ts";

interface Process {
  readonly getBuiltinModule?: (name: string) => unknown;
}

/** A new hash. Throws a `ProblemError` where there is no such module. */
export function sha256(): ReturnType<typeof createHash> {
  const { process } = globalThis as { readonly process?: Process };
  const crypto = process?.getBuiltinModule?.("node:crypto") as
    | { readonly createHash: typeof createHash }
    | undefined;
  if (crypto !== undefined) return crypto.createHash("sha256");
  throw new ProblemError([
    {
      ...{ path: "files", layer: "platform", code: "needs-deno" },
      rule: "checksums of run folders and weight files need Deno or Node",
      got: "a page",
      wanted: "Deno, or Node 20.16 or newer",
      hint: "run this in Deno",
    },
  ]);
}
