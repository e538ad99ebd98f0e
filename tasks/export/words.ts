/** What a file that holds a network is called, and what is said of it: in a terminal, and on the board. */

/** What a file that holds a network of that name is called, without its ending; letters may be of any script. */
export function stemOf(name: string): string {
  const stem = name.replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, "-").replaceAll(/^[.-]+|[.-]+$/g, "");
  return stem || "network";
}

/** What is said of a network that is written with its initial weights. */
export function initialNote({ seed = 0 }: { readonly seed?: number | undefined }): string {
  return `the weights are initial ones, from seed ${seed}: nothing is learnt yet`;
}
