/**
 * The cores that a process may use. The runtime counts them itself only on processors that it
 * knows; on others it takes half of what the system says, which on two cores is one.
 */

/** Where Linux says which of its processors are threads of one core. */
const SIBLINGS = "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list";

/** Cores; where it is not known which processors share one, as many as there are processors. */
export function coreCount(): number {
  return Math.max(
    1,
    Math.floor((globalThis.navigator?.hardwareConcurrency ?? 1) / threadsOfCore()),
  );
}

function threadsOfCore(): number {
  if (!("Deno" in globalThis)) return 1;
  // Asked for first, lest the reading of a file stop a program with a question.
  const { state } = Deno.permissions.querySync({ name: "read", path: SIBLINGS });
  if (state !== "granted") return 1;
  try {
    return listed(Deno.readTextFileSync(SIBLINGS));
  } catch {
    return 1;
  }
}

/** How many numbers a list such as `0-1,4` has. */
export function listed(list: string): number {
  return list.trim().split(",").reduce((count, range) => {
    const [first = NaN, last = first] = range.split("-").map(Number);
    return count + last - first + 1;
  }, 0) || 1;
}
