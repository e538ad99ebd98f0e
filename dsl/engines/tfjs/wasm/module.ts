/**
 * TensorFlow.js's wasm module over memory that threads can share.
 *
 * The library has a build with threads of its own. It starts eight in any case
 * and in a browser alone, and divides its own kernels among them, of which our
 * steps use next to none. The build for one thread needs no threads to start,
 * and one bit of its binary says whether threads may share its memory.
 *
 * Source: WebAssembly Core Specification 3.0, section 5.5.8 (memory section);
 * `init` of `@tensorflow/tfjs-backend-wasm` 4.22, `src/backend_wasm.ts`.
 */
import { engine, env, registerBackend, removeBackend } from "@tensorflow/tfjs-core";

const BINARY = "tfjs-backend-wasm-simd.wasm";

const NAME = "wasm";

const PRIORITY = 2;

/** What is used of an Emscripten module that has started. */
interface Module {
  readonly cwrap: (name: string, result: "number" | null, operands: readonly "number"[]) => unknown;
  tfjs?: Readonly<Record<string, unknown>>;
}

/** How an Emscripten module is started. */
type Factory = (settings: {
  readonly locateFile: (file: string, folder: string) => string;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance) => void,
  ) => object;
}) => Promise<Module>;

/**
 * Has the library's backend start over memory that threads can share. Where
 * the runtime shares none (a page that is not isolated from other origins),
 * where the binary is not found or its memory not had, and where the backend
 * has started before, it is left to the library, which takes its build for one
 * thread.
 *
 * @param files The address of the folder that holds the binary, when it is not where the code is.
 */
export async function prepareModule(files?: string): Promise<void> {
  const library = await import("@tensorflow/tfjs-backend-wasm");
  const place = files === undefined || files.endsWith("/") ? files : `${files}/`;
  if (place !== undefined && !(NAME in engine().registry)) library.setWasmPaths(place);
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  if (typeof SharedArrayBuffer === "undefined" || NAME in engine().registry) return;
  const module = await start(place);
  if (module === undefined) return;
  removeBackend(NAME);
  // The library's type of its module is of another package.
  type Given = ConstructorParameters<typeof library.BackendWasm>[0];
  registerBackend(NAME, () => new library.BackendWasm(module as unknown as Given), PRIORITY);
}

/** The module, once it has started; undefined where it cannot. */
async function start(files: string | undefined): Promise<Module | undefined> {
  const glue = await import("@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js");
  let place = "";
  const instantiate = async (imports: WebAssembly.Imports): Promise<WebAssembly.Instance> => {
    const { instance } = await WebAssembly.instantiate(sharing(await read(place)), imports);
    return instance;
  };
  const module = await new Promise<Module | undefined>((resolve, reject) => {
    (glue.default as unknown as Factory)({
      locateFile: (_, folder) => place = (files ?? folder) + BINARY,
      instantiateWasm: (imports, receive) => {
        instantiate(imports).then(receive, () => resolve(undefined));
        return {};
      },
    }).then(resolve, reject);
  });
  if (module === undefined) return undefined;
  module.tfjs = {
    init: module.cwrap("init", null, []),
    initWithThreadsCount: module.cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: module.cwrap("get_threads_count", "number", []),
    registerTensor: module.cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: module.cwrap("dispose_data", null, ["number"]),
    dispose: module.cwrap("dispose", null, []),
  };
  return module;
}

/** A file beside the library's code: on a disk, or a page's server. */
async function read(place: string): Promise<Uint8Array<ArrayBuffer>> {
  if ("Deno" in globalThis) return await Deno.readFile(place);
  const response = await fetch(place);
  if (!response.ok) throw new Error(`${place}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const HEADER = 8;

const MEMORY_SECTION = 5;

/** Of the flags of a memory: it has a largest size, and is shared. */
const [LIMITED, SHARED] = [1, 2];

/** The binary with its memory shared, which has to have a largest size. */
export function sharing(binary: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let at = HEADER;
  const byte = (): number => binary[at++] ?? NaN;
  const unsigned = (): number => {
    let [value, shift, next] = [0, 0, 0];
    do {
      next = byte();
      value += (next & 0x7f) * 2 ** shift;
      shift += 7;
    } while (next >= 0x80);
    return value;
  };
  while (at < binary.length) {
    const section = byte();
    const end = unsigned() + at;
    if (section === MEMORY_SECTION && unsigned() === 1 && binary[at] === LIMITED) {
      return binary.with(at, LIMITED | SHARED);
    }
    at = end;
  }
  throw new Error("the module has no memory that can be shared");
}
