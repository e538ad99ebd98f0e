/**
 * A registry that knows one package, in a process of its own, for tests have no permission to use
 * the network. Its first line is the port; it ends when its input does.
 *
 * It takes what `deno publish` sends and serves it as JSR does: `meta.json`, `VERSION_meta.json`
 * with the manifest and the exports, and the files. What JSR is reported to refuse it refuses too:
 * import attributes but that of JSON.
 *
 * Source: the documentation of JSR's API, https://jsr.io/docs/api
 */
import { createHash } from "node:crypto";
import { parseTarGzip } from "nanotar";

/** What was published. */
interface Published {
  readonly version: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const [name = "", config = ""] = Deno.args;

let published: Published | undefined;

const REFUSED = /\bwith: *\{ *type: *"(?!json)|\bwith *\{ *type: *"(?!json)/;

async function receive(request: Request, version: string): Promise<object> {
  const entries = await parseTarGzip(new Uint8Array(await request.arrayBuffer()));
  const files = new Map(
    entries.flatMap(({ name, data }) =>
      data === undefined ? [] : [[name.replace(/^\.?\/?/, "/"), data] as const]
    ),
  );
  const refused = [...files].find(([file, bytes]) =>
    file.endsWith(".ts") && REFUSED.test(new TextDecoder().decode(bytes))
  );
  const [scope = "", pkg = ""] = name.replace("@", "").split("/");
  const task = { id: "0", packageScope: scope, packageName: pkg, packageVersion: version };
  if (refused !== undefined) {
    const message = `${refused[0]} has an import attribute that is not "json"`;
    return { ...task, status: "failure", error: { code: "graphError", message } };
  }
  published = { version, files };
  return { ...task, status: "success", error: null };
}

function served(path: string): Response {
  if (published === undefined) return new Response(null, { status: 404 });
  const { version, files } = published;
  if (path === "/meta.json") {
    return Response.json({ name, latest: version, versions: { [version]: {} } });
  }
  if (path === `/${version}_meta.json`) {
    const text = new TextDecoder().decode(files.get(config));
    const manifest = Object.fromEntries([...files].map(([file, bytes]) => {
      const sum = createHash("sha256").update(bytes).digest("hex");
      return [file, { size: bytes.length, checksum: `sha256-${sum}` }];
    }));
    return Response.json({ manifest, exports: JSON.parse(text).exports });
  }
  const file = files.get(path.replace(`/${version}`, ""));
  if (file === undefined) return new Response(null, { status: 404 });
  const type = path.endsWith(".ts")
    ? "text/typescript"
    : path.endsWith(".json")
    ? "application/json"
    : "application/octet-stream";
  return new Response(Uint8Array.from(file), { headers: { "Content-Type": type } });
}

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const version = pathname.match(/^\/api\/.*\/versions\/([^/]+)$/)?.[1];
  if (request.method === "POST" && version !== undefined) {
    return Response.json(await receive(request, version));
  }
  if (version !== undefined) return Response.json({ code: "notFound" }, { status: 404 });
  if (pathname.startsWith("/api/")) return Response.json({});
  if (pathname.startsWith(`/${name}/`)) return served(pathname.slice(name.length + 1));
  return new Response(null, { status: 404 });
}

const onListen = ({ port }: Deno.NetAddr): void => console.log(port);
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, answer);
await Deno.stdin.readable.pipeTo(new WritableStream());
await server.shutdown();
