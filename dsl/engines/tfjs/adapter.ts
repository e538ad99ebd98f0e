/** The WebGPU adapter of this machine, found without loading TensorFlow.js. */

/** Adapters that imitate a device say so in one of these ways. */
export function isSoftware(info: GPUAdapterInfo): boolean {
  const words = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  return info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|swiftshader|software|basic render/i.test(words);
}

/** The adapter that would be used, if any. */
export async function findAdapter(): Promise<GPUAdapter | undefined> {
  // Runtimes without WebGPU lack the property, whatever the types say.
  const gpu: GPU | undefined = globalThis.navigator?.gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  return adapter ?? undefined;
}

/** Whether the machine has a WebGPU adapter that is not imitated in software. */
export async function hasRealAdapter(): Promise<boolean> {
  const adapter = await findAdapter();
  return adapter !== undefined && !isSoftware(adapter.info);
}
