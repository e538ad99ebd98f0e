/**
 * The memory of this machine, as far as this process may know it: the system's, and the limit of
 * the container (control group) in which it runs, whose files Deno shows only to a process that is
 * allowed everything.
 */

import { IN_DENO } from "../files/io_problem.ts";

/** Bytes of memory: in all, and those that are free to be used. */
export interface MachineMemory {
  readonly total: number;
  readonly available: number;
}

/** The memory of this machine; nothing without `--allow-sys=systemMemoryInfo`. */
export function machineMemory(
  read: (path: string) => string = readFile,
): MachineMemory | undefined {
  if (!IN_DENO) return undefined;
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state !== "granted") return undefined;
  const { total, available } = Deno.systemMemoryInfo();
  return groupsOf(read).reduce(smaller, { total, available });
}

function readFile(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

function smaller(a: MachineMemory, b: MachineMemory): MachineMemory {
  return {
    total: Math.min(a.total, b.total),
    available: Math.min(a.available, b.available),
  };
}

const ROOT = "/sys/fs/cgroup";
const FILES = [
  { folder: ROOT, line: /^0::(.*)$/m, most: "memory.max", now: "memory.current" },
  {
    folder: `${ROOT}/memory`,
    line: /^\d+:memory:(.*)$/m,
    most: "memory.limit_in_bytes",
    now: "memory.usage_in_bytes",
  },
] as const;

/** The limits of the control groups of this process, from its own up to the root. */
function groupsOf(read: (path: string) => string): readonly MachineMemory[] {
  const own = read("/proc/self/cgroup");
  return FILES.flatMap(({ folder, line, most, now }) => {
    const names = (line.exec(own)?.[1] ?? "").split("/").filter((name) => name !== "");
    const groups = [folder, ...names.map((_, i) => [folder, ...names.slice(0, i + 1)].join("/"))];
    return groups.flatMap((group) => {
      const total = Number.parseInt(read(`${group}/${most}`));
      if (!Number.isFinite(total)) return [];
      const used = Number.parseInt(read(`${group}/${now}`)) || 0;
      // What was read from files and can be given up counts as used.
      const cached = /^(?:total_)?inactive_file (\d+)$/m.exec(read(`${group}/memory.stat`))?.[1];
      return [{ total, available: Math.max(0, total - used + Number(cached ?? 0)) }];
    });
  });
}
