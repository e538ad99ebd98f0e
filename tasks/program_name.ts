/** How netfold's commands are called where this runs, for hints, help and examples. */

/** Whether this is a file of a copy of the repository, whose tasks are there to be run. */
function isCopy(): boolean {
  const { protocol, pathname } = new URL(import.meta.url);
  const isCompiled = "Deno" in globalThis && Deno.build.standalone;
  return protocol === "file:" && !isCompiled && !pathname.includes("/node_modules/");
}

/** What stands before a command: `deno task` in a copy of the repository, `netfold` elsewhere. */
export const PROGRAM: string = isCopy() ? "deno task" : "netfold";
