/** A process that runs one command line after another: starting it takes longer than most of them. */

/** How a task ended. */
export interface Ended {
  /** The exit code. */
  readonly code: number;
  /** What it wrote for its caller. */
  readonly stdout: string;
  /** What it wrote for whoever watches. */
  readonly stderr: string;
}

/** What a command line writes, to the exit code that ends it. */
const WHOLE = /^([^]*)\0(\d+)\0$/;

/** Reads what a command line writes, and its exit code; none when the process ends before. */
async function wholeOf(
  stream: ReadableStreamDefaultReader<string>,
): Promise<readonly [text: string, code: number | undefined]> {
  let text = "";
  for (;;) {
    const [, said, code] = WHOLE.exec(text) ?? [];
    if (said !== undefined) return [said, Number(code)];
    const { value, done } = await stream.read();
    if (done) return [text, undefined];
    text += value;
  }
}

/** A process that runs command lines, which is disposed of when no more come. */
export class TaskProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #streams: readonly ReadableStreamDefaultReader<string>[];
  #isFree = true;

  /** Starts it, as a command does for a single one. */
  constructor(command: Deno.Command) {
    this.#process = command.spawn();
    const { stdin, stdout, stderr } = this.#process;
    this.#input = stdin.getWriter();
    this.#streams = [stdout, stderr].map((stream) =>
      stream.pipeThrough(new TextDecoderStream()).getReader()
    );
  }

  /** Whether it waits for a command line. */
  get isFree(): boolean {
    return this.#isFree;
  }

  /** Runs a command line to its end. A process that ends with it runs no other. */
  async run(args: readonly string[]): Promise<Ended> {
    this.#isFree = false;
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(args)}\n`));
    const [[stdout, code] = ["", undefined], [stderr] = [""]] = await Promise.all(
      this.#streams.map(wholeOf),
    );
    this.#isFree = code !== undefined;
    return { code: code ?? (await this.#process.status).code, stdout, stderr };
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    // A process that has ended takes no more input.
    await this.#input.close().catch(() => {});
    for (const stream of this.#streams) await stream.cancel();
    await this.#process.status;
  }
}
