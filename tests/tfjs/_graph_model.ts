/** Loading an exported graph model as its users do, with plain TensorFlow.js. */
import * as tf from "@tensorflow/tfjs";

/** The files of a model by name. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** The model that files hold, on the backend in plain JavaScript. */
export async function load(files: Files): Promise<tf.GraphModel> {
  tf.env().set("PROD", true);
  await tf.setBackend("cpu");
  const fetchFunc = (url: string | URL | Request): Promise<Response> => {
    const bytes = files.get(`${url}`.slice("http://model/".length));
    return Promise.resolve(
      new Response(bytes ?? null, { status: bytes === undefined ? 404 : 200 }),
    );
  };
  return await tf.loadGraphModel(tf.io.http("http://model/model.json", { fetchFunc }));
}

/** What a model answers to named inputs, output by output. */
export function execute(
  model: tf.GraphModel,
  inputs: Readonly<Record<string, Float32Array>>,
): readonly Float32Array[] {
  return tf.tidy(() => {
    const tensors = model.inputs.map(({ name, shape = [] }) => {
      return [name, tf.tensor(inputs[name] ?? [], [...shape])] as const;
    });
    const names = model.outputs.map(({ name }) => name);
    const results = model.execute(Object.fromEntries(tensors), names);
    return [results].flat().map((result) => result.dataSync<"float32">().slice());
  });
}

/** The logits of images. */
export function predict(
  model: tf.GraphModel,
  images: Float32Array,
  shape: readonly number[],
): Float32Array {
  return tf.tidy(() => {
    const logits = model.predict(tf.tensor(images, [...shape]));
    if (!(logits instanceof tf.Tensor)) throw new TypeError("the model gives more than logits");
    return logits.dataSync<"float32">().slice();
  });
}

/** What `model.json` holds of a graph. */
export interface ModelJson {
  readonly format: string;
  readonly signature: unknown;
  readonly userDefinedMetadata: Readonly<Record<string, unknown>>;
  readonly modelTopology: {
    readonly node: readonly {
      readonly name: string;
      readonly op: string;
      readonly input?: readonly string[];
    }[];
  };
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly quantization?: { readonly dtype: string };
    }[];
  }[];
}

/** The `model.json` of some files. */
export function modelJson(files: Files): ModelJson {
  return JSON.parse(new TextDecoder().decode(files.get("model.json")));
}
