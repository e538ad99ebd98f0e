/**
 * Who may ask the board: pages of its own, and programs of this machine. A page from elsewhere that
 * has made its name mean this machine (DNS rebinding) gives itself away by the Host that it asks
 * for; one that asks across origins by its Origin. What changes something, as starting a training
 * does, is asked for by POST alone, which browsers send with an Origin. The board's page loads nothing
 * from elsewhere and runs no code but its own.
 */

/** What the page may do, as far as the page can say it itself. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  // Graphviz and the engine are WebAssembly; this allows no text to be run as code.
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const POLICY = `${PAGE_POLICY}; frame-ancestors 'none'`;

/**
 * What the frame may do in which code runs, and with it the workers that it starts: they may run text
 * as code, and can ask nobody for anything.
 */
export const CODE_POLICY = "default-src 'none'; script-src 'unsafe-eval'; worker-src blob:";

/** Where programs send pictures. */
export const PREDICT = "/predict";

/** Where the page starts, stops and resumes trainings, and asks for those that it has started. */
export const TRAININGS = "/api/trainings";

/** What is sent to the board: to each of these, by POST. */
const SENT: Readonly<Record<string, string>> = {
  [PREDICT]: "pictures are sent here, by POST",
  [`${TRAININGS}/start`]: "a training is sent here, by POST",
  [`${TRAININGS}/stop`]: "a training is stopped here, by POST",
  [`${TRAININGS}/resume`]: "a run is resumed here, by POST",
};

/** What every answer bears. */
export const HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-cache",
  "Content-Security-Policy": POLICY,
  // Together with the next one: only then may the threads of the engine share its memory.
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  // What the page may ask its user for: a camera, and nothing else.
  "Permissions-Policy": "camera=(self), display-capture=(), geolocation=(), microphone=()",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** What the page's worker bears besides: its engine starts threads, whose script is a text of its own. */
export const WORKER_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": `${POLICY}; worker-src blob:`,
};

/** What the frame bears besides in which code runs; it is the page's alone. */
export const CODE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": `${CODE_POLICY}; frame-ancestors 'self'`,
};

/** What a picture of a run bears besides: one that is opened by itself runs nothing, whatever it holds. */
export const PICTURE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "default-src 'none'; img-src data:; sandbox",
};

/** Why a request is not answered, and the status that says so; nothing when it is. */
export function refusalOf(
  { method, headers, url }: Request,
  port: number,
): { readonly status: number; readonly why: string } | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.get("host") ?? "")) {
    return { status: 403, why: `the board is at http://${hosts[0]} alone` };
  }
  const origin = headers.get("origin");
  const isOwn = origin === null || hosts.some((host) => origin === `http://${host}`);
  const site = headers.get("sec-fetch-site");
  const isForeign = site !== null && !["same-origin", "none"].includes(site) &&
    !(isReading(method) && headers.get("sec-fetch-mode") === "navigate");
  if (!isOwn || isForeign) return { status: 403, why: "only the board's own page may ask" };
  const { pathname } = new URL(url);
  const why = Object.hasOwn(SENT, pathname) ? SENT[pathname] : undefined;
  if (why !== undefined) return method === "POST" ? undefined : { status: 405, why };
  return isReading(method) ? undefined : { status: 405, why: "the board only reads" };
}

function isReading(method: string): boolean {
  return ["GET", "HEAD"].includes(method);
}
