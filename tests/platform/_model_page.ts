/** A page that loads a graph model with plain TensorFlow.js, and posts its logits. */

/** What is used of TensorFlow.js, which the page has as a script. */
interface Library {
  readonly zeros: (shape: readonly number[]) => unknown;
  readonly loadGraphModel: (address: string) => Promise<{
    readonly metadata: unknown;
    readonly predict: (images: unknown) => { readonly data: () => Promise<Float32Array> };
  }>;
  readonly ready: () => Promise<void>;
  readonly getBackend: () => string;
}

/** What the page says. */
export interface Answered {
  readonly backend: string;
  readonly metadata: unknown;
  readonly logits: readonly number[];
}

async function answer(): Promise<Answered> {
  const { tf } = globalThis as unknown as { readonly tf: Library };
  await tf.ready();
  const model = await tf.loadGraphModel("/model/model.json");
  const logits = await model.predict(tf.zeros([2, 16, 16, 3])).data();
  return { backend: tf.getBackend(), metadata: model.metadata, logits: [...logits] };
}

const said: unknown = await answer().catch(String);
await fetch("/answer", { method: "POST", body: JSON.stringify(said) });
