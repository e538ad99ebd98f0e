/**
 * Modules that only some calls of a command need. Deno reads whatever a literal `import()` names
 * before a program starts, with all that it imports; one whose address is a value is read when it
 * is asked for.
 */

/** The module at an address relative to that of who asks, of the type `typeof import(ADDRESS)`. */
export async function later<M>(address: string, asker: string): Promise<M> {
  const module: M = await import(new URL(address, asker).href);
  return module;
}
