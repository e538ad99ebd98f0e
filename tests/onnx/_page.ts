/** Runs the ONNX file that the page holds, and tells the console what came out. */
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

/** What this needs of a browser, which Deno's types do not have. */
interface Page {
  readonly document: { readonly getElementById: (id: string) => { readonly text: string } };
}

/** The bytes that a script element holds as base64. */
function bytesOf(id: string): Uint8Array<ArrayBuffer> {
  // It only ever runs in a page.
  const { document } = globalThis as unknown as Page;
  return Uint8Array.from(atob(document.getElementById(id).text), (letter) => letter.charCodeAt(0));
}

async function answer(): Promise<string> {
  env.wasm.numThreads = 1;
  env.wasm.wasmBinary = bytesOf("wasm").buffer;
  const session = await InferenceSession.create(bytesOf("model"), { executionProviders: ["wasm"] });
  const data = new Float32Array(bytesOf("images").buffer);
  const images = new Tensor("float32", data, [3, 3, 32, 32]);
  const { logits } = await session.run({ images });
  return JSON.stringify(Array.from(logits?.data as Float32Array));
}

answer().then(
  (text) => console.log(`netfold answers ${text}`),
  (error) => console.log(`netfold fails ${error}`),
);
