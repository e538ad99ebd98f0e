/**
 * What `deno task doctor` finds: everything that training needs. Nothing is changed; ONNX Runtime
 * is fetched into Deno's cache when it is not there yet, as training would.
 */
import { defined } from "../../dsl/problem/defined.ts";
import { join } from "@std/path";
import { PREFERENCE } from "../../dsl/engines/choice.ts";
import { inspectOnnx, type OnnxReport } from "../../dsl/engines/onnx/inspect.ts";
import { type BackendReport, inspectBackends } from "../../dsl/engines/tfjs/mod.ts";
import type { Problem } from "../fp.ts";
import { cacheFolder } from "../data/cache_folder.ts";
import { type MachineMemory, machineMemory } from "../training/machine_memory.ts";
import { versions } from "../training/versions.ts";
import { type CacheState, inspectCache } from "./cache.ts";
import { inspectPython, type PythonReport } from "./python.ts";

export interface PermissionLine {
  readonly flag: string;
  readonly use: string;
  readonly granted: boolean;
}

export type EngineReport = OnnxReport | BackendReport;

export interface AutoChoice {
  readonly engine: "tfjs" | "onnx";
  readonly backend: BackendReport["name"] | "onnx";
  readonly passedOver: readonly PassedOver[];
}

/** An engine that `auto` would have preferred. */
export interface PassedOver {
  readonly backend: AutoChoice["backend"];
  /** Whether it works, but imitates a graphics card in software. */
  readonly software: boolean;
}

export interface DoctorReport {
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: {
    readonly system: string;
    readonly cores: number;
    /** Bytes of memory in all and available; nothing without permission to ask. */
    readonly memory?: MachineMemory;
  };
  readonly onnx: OnnxReport;
  readonly backends: readonly BackendReport[];
  readonly auto?: AutoChoice;
  readonly python: PythonReport;
  readonly permissions: readonly PermissionLine[];
  /** The decoded CIFAR-10, or why its place is not known. */
  readonly cifar10: CacheState | {
    readonly state: "unknown";
    readonly problems: readonly Problem[];
  };
}

export async function examine(): Promise<DoctorReport> {
  const backends = await inspectBackends();
  const onnx = await inspectOnnx();
  const auto = autoChoice(onnx, backends);
  const cache = cacheFolder();
  const cifar10 = cache._tag === "Left"
    ? { state: "unknown", problems: cache.left } as const
    : await inspectCache(join(cache.right, "cifar10"));
  const memory = machineMemory();
  return {
    versions: versions(),
    machine: {
      system: `${Deno.build.os} ${Deno.build.arch}`,
      cores: navigator.hardwareConcurrency,
      ...defined({ memory }),
    },
    onnx,
    backends,
    ...defined({ auto }),
    python: await inspectPython(),
    permissions: await permissionsOf(cache._tag === "Right" ? cache.right : undefined),
    cifar10,
  };
}

export function autoChoice(
  onnx: OnnxReport,
  backends: readonly BackendReport[],
): AutoChoice | undefined {
  const reports: readonly EngineReport[] = [onnx, ...backends];
  const inOrder = PREFERENCE.flatMap((name) => reports.filter((report) => report.name === name));
  const passedOver: PassedOver[] = [];
  for (const report of inOrder) {
    const { name, available } = report;
    const software = "software" in report && report.software;
    if (available && !software) {
      return { engine: name === "onnx" ? "onnx" : "tfjs", backend: name, passedOver };
    }
    passedOver.push({ backend: name, software });
  }
  return undefined;
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
