/** Whether netfold runs as one binary, which `deno compile` has made: what lies in it is all that it can load. */
export const IS_BINARY: boolean = "Deno" in globalThis && Deno.build.standalone;
