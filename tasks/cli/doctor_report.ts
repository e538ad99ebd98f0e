/** What `deno task doctor` finds: everything that training needs, looked at without changing anything. */
import { join } from "@std/path";
import { type BackendReport, inspectBackends } from "../../dsl/engines/tfjs/mod.ts";
import type { Problem } from "../../dsl/problem.ts";
import { cacheFolder } from "../data/cache_folder.ts";
import { versions } from "../training/versions.ts";
import { type CacheState, inspectCache } from "./doctor_cache.ts";

/** A permission that a task needs. */
export interface PermissionLine {
  /** The flag that grants it. */
  readonly flag: string;
  /** What for. */
  readonly use: string;
  /** Whether it is granted. */
  readonly granted: boolean;
}

/** Everything that was found. */
export interface DoctorReport {
  /** Versions by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** The machine. */
  readonly machine: {
    /** System and processor architecture. */
    readonly system: string;
    /** The number of processors. */
    readonly cores: number;
    /** Bytes of memory in all and available; nothing without permission to ask. */
    readonly memory?: { readonly total: number; readonly available: number };
  };
  /** Every backend. */
  readonly backends: readonly BackendReport[];
  /** The backend that `auto` takes, if any works. */
  readonly auto?: BackendReport["name"];
  /** The permissions that training needs. */
  readonly permissions: readonly PermissionLine[];
  /** The decoded CIFAR-10, or why its place is not known. */
  readonly cifar10: CacheState | {
    readonly state: "unknown";
    readonly problems: readonly Problem[];
  };
}

/** Looks at everything. */
export async function examine(): Promise<DoctorReport> {
  const backends = await inspectBackends();
  const auto = backends.find(({ available, software }) => available && !software)?.name;
  const cache = cacheFolder();
  const cifar10 = cache._tag === "Left"
    ? { state: "unknown", problems: cache.left } as const
    : await inspectCache(join(cache.right, "cifar10"));
  const memory = await memoryOf();
  return {
    versions: versions(),
    machine: {
      system: `${Deno.build.os} ${Deno.build.arch}`,
      cores: navigator.hardwareConcurrency,
      ...(memory === undefined ? {} : { memory }),
    },
    backends,
    ...(auto === undefined ? {} : { auto }),
    permissions: await permissionsOf(cache._tag === "Right" ? cache.right : undefined),
    cifar10,
  };
}

async function memoryOf(): Promise<DoctorReport["machine"]["memory"]> {
  if (!await isGranted({ name: "sys", kind: "systemMemoryInfo" })) return undefined;
  const { total, available } = Deno.systemMemoryInfo();
  return { total, available };
}

async function permissionsOf(cache: string | undefined): Promise<readonly PermissionLine[]> {
  const lines: readonly (readonly [string, string, Deno.PermissionDescriptor])[] = [
    ["--allow-read", "runs and images", { name: "read" }],
    ["--allow-write=runs", "run folders", { name: "write", path: "runs" }],
    ...(cache === undefined ? [] : [
      [`--allow-write=${cache}`, "decoded data sets", { name: "write", path: cache }],
    ] as const),
  ];
  return await Promise.all(lines.map(async ([flag, use, descriptor]) => ({
    flag,
    use,
    granted: await isGranted(descriptor),
  })));
}

async function isGranted(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(descriptor)).state === "granted";
}
