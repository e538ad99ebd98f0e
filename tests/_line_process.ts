/** A program of its own that answers each line with a line, so that a talk with it can go on for long. */
export class LineProcess {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #complaints: Promise<string>;
  #rest = "";

  /** Starts the program; `env` is added to the environment. */
  constructor(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.#process = new Deno.Command(command, {
      args: [...args],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.#output = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#complaints = new Response(this.#process.stderr).text();
  }

  /** The number of the process. */
  get pid(): number {
    return this.#process.pid;
  }

  /**
   * The next line that the program writes.
   *
   * @throws {Error} When it ends instead; with what it complained about.
   */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#output.read();
      if (done) throw new Error((await this.#complaints).trim() || "it ended without a word");
      this.#rest += value;
    }
  }

  /** Writes a line and waits for the answer. */
  async ask(line: string): Promise<string> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    return await this.line();
  }

  /** Closes the program's input, at which it is to end, and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    // A program that has ended takes no more input.
    await this.#input.close().catch(() => {});
    await this.#output.cancel();
    await this.#complaints;
    await this.#process.status;
  }
}
