/** How many threads there are to be had. */

/** The processors that this process may use. */
export function availableThreads(): number {
  return navigator.hardwareConcurrency;
}
