/** Documents and pictures as `deno fmt` leaves them. */
import { join } from "@std/path";
import { root } from "./_blocks.ts";

/** The text in the project's format. */
export async function formatted(
  text: string,
  ext: "md" | "svg" = "md",
): Promise<string> {
  const config = join(root, "deno.json");
  const args = ["fmt", "--quiet", "--config", config, `--ext=${ext}`, "-"];
  const process = new Deno.Command(Deno.execPath(), { args, stdin: "piped", stdout: "piped" })
    .spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { stdout } = await process.output();
  return new TextDecoder().decode(stdout);
}
