/** Text that is copied, for its user to paste elsewhere. */

/** Copies a text, and says in words how that went. */
export async function copied(what: string, text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return `The ${what} is copied.`;
  } catch {
    return "The browser does not let the page copy.";
  }
}
