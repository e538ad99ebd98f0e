/**
 * Pretrained networks: run folders that travel with netfold, their kernels as float16. They are read
 * where netfold lies; when it was imported from a registry they are fetched from beside its modules,
 * once, into the cache folder. Each file has its checksum.
 */
import { fromFileUrl, join } from "@std/path";
import { cacheFolder } from "../data/cache_folder.ts";
import { makeFolder, readBytes, writeAtomic } from "../files/atomic.ts";
import { isMissing, messageOf } from "../files/io_problem.ts";
import { attempt, fail, orThrow, problemAt, ProblemError, type Result, right } from "../fp.ts";
import { isPretrained, PRETRAINED } from "../networks/pretrained.ts";
import { sha256 } from "../files/sha256.ts";

/** Where they are, and where those are kept that are fetched. */
export interface PretrainedPlaces {
  /** The address of the folder that holds them. */
  readonly from: URL;
  /** The files of each by its name, with the SHA-256 of each. */
  readonly index: typeof PRETRAINED;
  /** The folder of caches; netfold's own when left out. */
  readonly cache?: string;
  /** How they are fetched. */
  readonly fetch: (address: URL) => Promise<Response>;
}

const PLACES: PretrainedPlaces = {
  from: new URL("../../nets/pretrained/", import.meta.url),
  index: PRETRAINED,
  fetch,
};

/**
 * The folder of a run: the path that is given, or that of the pretrained network of this name. One
 * that must be fetched needs `--allow-net` for the host that netfold came from, and `--allow-read`
 * and `--allow-write` for the cache folder.
 */
export async function runPath(name: string): Promise<Result<string>> {
  return isPretrained(name) ? await pretrainedPath(name) : right(name);
}

/** The folder of a pretrained network, which is fetched if it is not there. */
export function pretrainedPath(
  name: string,
  { from, index, cache, fetch }: PretrainedPlaces = PLACES,
): Promise<Result<string>> {
  return attempt(async () => {
    if (from.protocol === "file:") return fromFileUrl(new URL(name, from));
    const folder = join(cache ?? orThrow(cacheFolder()), "pretrained", name);
    for (const [file, sha256] of Object.entries(index[name] ?? {})) {
      const path = join(folder, file);
      const kept = await readBytes(path);
      if (kept._tag === "Left" && !kept.left.every(isMissing)) throw new ProblemError(kept.left);
      if (kept._tag === "Right" && digestOf(kept.right) === sha256) continue;
      const address = new URL(`${name}/${file}`, from);
      const bytes = orThrow(await fetched(() => fetch(address), { address, sha256 }));
      orThrow(await makeFolder(folder)());
      orThrow(await writeAtomic(path, bytes));
    }
    return folder;
  });
}

/** The SHA-256 of a file's bytes. */
export function digestOf(bytes: Uint8Array): string {
  return sha256().update(bytes).digest("hex");
}

async function fetched(
  ask: () => Promise<Response>,
  { address, sha256 }: { readonly address: URL; readonly sha256: string },
): Promise<Result<Uint8Array>> {
  const place = { path: address.href, layer: "weights" };
  const refuse = (rule: string, got: string, wanted: string, hint: string) =>
    fail(problemAt({ ...place, code: "not-fetched" }, { rule, got, wanted, hint }));
  let bytes: Uint8Array;
  try {
    const response = await ask();
    bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) {
      const hint = "try again later, or use a run of your own";
      return refuse("the file must be there", `${response.status}`, "200", hint);
    }
  } catch (error) {
    const rule = "a pretrained network is fetched once";
    if (error instanceof Deno.errors.NotCapable) {
      const wanted = `--allow-net=${address.host}`;
      const got = `no net access to it`;
      const hint = `run again with ${wanted}`;
      return fail(problemAt({ ...place, code: "not-allowed" }, { rule, got, wanted, hint }));
    }
    const hint = "connect this machine once, or use a run of your own";
    return refuse(rule, messageOf(error), "the file", hint);
  }
  const found = digestOf(bytes);
  const hint = "try again; something on the way may have changed it";
  return found === sha256
    ? right(bytes)
    : refuse("the file must be the one that was published", `SHA-256 ${found}`, sha256, hint);
}
