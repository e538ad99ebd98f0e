/** A page of a headless Chromium that a test uses as a person would. */
import { assert } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { type Browser, end } from "../_browser.ts";
import { LineProcess } from "../_line_process.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** Tries after which what a test waits for will not come, and milliseconds between them. */
const [TRIES, PAUSE_MS] = [1800, 100];

/** A page. */
export class Page {
  readonly #talk: LineProcess;

  private constructor(talk: LineProcess) {
    this.#talk = talk;
  }

  /** Does something with a page, whose browser ends with it. */
  static async with(
    { command, flags }: Browser,
    work: (page: Page) => Promise<void>,
  ): Promise<void> {
    const shown = new Deno.Command(command, {
      args: [...flags, "--remote-debugging-port=0", "about:blank"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const said = shown.stderr.pipeThrough(new TextDecoderStream());
    try {
      const port = await portIn(said);
      said.pipeTo(new WritableStream()).catch(() => {});
      const script = join(root, "tests/board/_devtools.ts");
      const allowed = ["--allow-net=127.0.0.1", script, port];
      const run = ["run", "-q", "--no-lock", "--config", join(root, "deno.json"), ...allowed];
      await using talk = new LineProcess(Deno.execPath(), run);
      await talk.line();
      const page = new Page(talk);
      for (const domain of ["Page", "Runtime", "Log"]) await page.#send(`${domain}.enable`);
      // A page that nobody looks at has no focus.
      await page.#send("Emulation.setFocusEmulationEnabled", { enabled: true });
      await work(page);
    } finally {
      end(shown);
      await shown.status;
    }
  }

  async #send<A>(method: string, params: object = {}): Promise<A> {
    const { result, error } = JSON.parse(await this.#talk.ask(JSON.stringify({ method, params })));
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Goes to an address, and waits until something stands there. */
  async goTo(address: string): Promise<void> {
    await this.#send("Page.navigate", { url: "about:blank" });
    await this.#send("Page.navigate", { url: address });
    await this.until(`document.querySelector("main")`);
  }

  /** What an expression of JavaScript gives in the page. */
  async value<A>(expression: string): Promise<A> {
    const { result, exceptionDetails } = await this.#send<{
      readonly result: { readonly value: A };
      readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
    }>("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    const fault = exceptionDetails?.exception?.description;
    assert(exceptionDetails === undefined, `${expression}: ${fault}`);
    return result.value;
  }

  /** Waits until an expression is true. */
  async until(expression: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      if (await this.value<boolean>(`Boolean(${expression})`)) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    throw new Error(`never true: ${expression}\n${await this.value("document.body.innerText")}`);
  }

  /** The texts of all elements that a selector finds. */
  texts(selector: string): Promise<readonly string[]> {
    return this.value(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => one.textContent)`,
    );
  }

  /** Clicks on an element. */
  async click(selector: string): Promise<void> {
    await this.value(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** Gives a field a value, as typing does. */
  async fill(selector: string, value: string): Promise<void> {
    await this.value(`(() => {
      const field = document.querySelector(${JSON.stringify(selector)});
      field.value = ${JSON.stringify(value)};
      for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
    })()`);
  }

  /** Writes a text where the page's focus is. */
  async type(text: string): Promise<void> {
    await this.#send("Input.insertText", { text });
  }

  /** Presses a key, such as `Enter`, perhaps with Ctrl. */
  async press(key: string, { ctrl = false } = {}): Promise<void> {
    const event = { key, code: key === " " ? "Space" : key, modifiers: ctrl ? 2 : 0 };
    // Enter presses a button as the character that it writes.
    const written = key === "Enter" ? { text: "\r" } : {};
    await this.#send("Input.dispatchKeyEvent", { type: "keyDown", ...event, ...written });
    await this.#send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /** Has the page so wide, and light or dark. */
  async look(width: number, scheme: "light" | "dark"): Promise<void> {
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 };
    await this.#send("Emulation.setDeviceMetricsOverride", size);
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.#send("Emulation.setEmulatedMedia", { features });
  }

  /** Has what the page saves in a folder. */
  async saveIn(folder: string): Promise<void> {
    await this.#send("Page.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  }

  /** The whole page as a PNG. */
  async picture(): Promise<Uint8Array<ArrayBuffer>> {
    const { data } = await this.#send<{ readonly data: string }>("Page.captureScreenshot", {
      captureBeyondViewport: true,
    });
    return Uint8Array.fromBase64(data);
  }

  /** What the page has complained of: errors, and what its security policy forbade. */
  async complaints(): Promise<readonly unknown[]> {
    return JSON.parse(await this.#talk.ask(JSON.stringify({ method: "complaints" })));
  }
}

async function portIn(said: ReadableStream<string>): Promise<string> {
  let text = "";
  for await (const part of said.values({ preventCancel: true })) {
    text += part;
    const [, port] = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(text) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error(`the browser ended: ${text}`);
}
