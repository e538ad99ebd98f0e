/** Addresses of the page: which part is shown, and of what. It is all that a link has to hold. */

/** The parts of the board. */
export const PARTS = ["runs", "networks", "try", "train"] as const;

export type Part = typeof PARTS[number];

export interface Address {
  readonly part: Part;
  readonly given: URLSearchParams;
}

/** What the end of an address names, from its `#` on. */
export function addressIn(hash: string): Address {
  const [, name = "", query = ""] = /^#\/?([a-z]*)\??(.*)$/s.exec(hash) ?? [];
  const part = PARTS.find((known) => known === name) ?? "runs";
  return { part, given: new URLSearchParams(query) };
}

/** The end of an address, for a link. */
export function addressOf(part: Part, given: URLSearchParams = new URLSearchParams()): string {
  const query = `${given}`;
  return `#/${part}${query && `?${query}`}`;
}
