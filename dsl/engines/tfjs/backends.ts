/**
 * Making a TensorFlow.js backend ready, and saying what it is. Each backend
 * is loaded only when it is asked for.
 *
 * WebGPU: the device is requested here and not by the library, which asks for
 * a feature list that newer runtimes refuse and cannot tell a software
 * adapter from a real one. Wasm: the library reads its module from Deno's
 * cache, which needs the permission to read.
 */
import * as tf from "@tensorflow/tfjs-core";
import { fail, type Result, right } from "../../problem/result.ts";
import type { Problem } from "../../problem/problem.ts";
import { findAdapter, isSoftware } from "./adapter.ts";
import { wasmPool } from "./wasm/heap.ts";
import { prepareModule } from "./wasm/module.ts";

/** The backends in the order of preference. */
export const BACKENDS = ["webgpu", "wasm", "cpu"] as const;

/** The name of a backend. */
export type BackendName = typeof BACKENDS[number];

/** A backend that can be used. */
export interface ReadyBackend {
  readonly name: BackendName;
  /** For people: backend, adapter or threads. */
  readonly description: (threads: number) => string;
  /** Whether it imitates a device in software. */
  readonly software: boolean;
  /** Limits of the device that decide what fits. */
  readonly limits: Readonly<Record<string, number>>;
  /** Has a number of threads work; undefined where there can be but one. */
  readonly employ?: (threads: number) => void;
  /** Throws what the device has reported since it was last asked. */
  readonly check: () => void;
  /** Gives back the device. */
  readonly release: () => void;
}

const ready = new Map<BackendName, Promise<Result<ReadyBackend>>>();

/** The library can initialise one backend at a time; a second one cancels the first. */
let queue: Promise<unknown> = Promise.resolve();

/** Makes a backend ready, once per process; `wasmFiles` is the address of wasm's binaries. */
export function readyBackend(
  name: BackendName,
  wasmFiles?: string,
): Promise<Result<ReadyBackend>> {
  const known = ready.get(name);
  if (known !== undefined) return known;
  const made = queue.then(() => make(name, wasmFiles));
  queue = made.catch(() => undefined);
  ready.set(name, made);
  return made;
}

/**
 * Makes an already initialised backend the current one. The library's own
 * idea of it can be half true while another backend initialises, so both its
 * name and its instance are compared.
 */
export function activate(name: BackendName): void {
  const library = tf.engine();
  if (
    library.backendName === name && library.backend === library.findBackend(name)
  ) return;
  // Takes effect at once for a backend that has been initialised.
  void tf.setBackend(name);
}

function make(name: BackendName, wasmFiles: string | undefined): Promise<Result<ReadyBackend>> {
  // Without this the library greets every process on the console.
  tf.env().set("PROD", true);
  switch (name) {
    case "webgpu":
      return makeWebgpu();
    case "wasm":
      return makeWasm(wasmFiles);
    case "cpu":
      return makeCpu();
  }
}

const nothing = (): void => {};

function problem(
  name: BackendName,
  { got, wanted, hint }: Pick<Problem, "got" | "wanted" | "hint">,
): Result<ReadyBackend> {
  return fail({
    path: name,
    layer: "backend",
    code: "backend-unavailable",
    rule: "the backend must be available on this machine",
    got,
    wanted,
    hint,
  });
}

const message = (error: unknown): string => error instanceof Error ? error.message : String(error);

async function makeCpu(): Promise<Result<ReadyBackend>> {
  await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
  return right({
    name: "cpu",
    description: () => "tfjs cpu (plain JavaScript, 1 thread)",
    software: false,
    limits: {},
    check: nothing,
    release: nothing,
  });
}

async function makeWasm(files: string | undefined): Promise<Result<ReadyBackend>> {
  try {
    await prepareModule(files);
    if (!await tf.setBackend("wasm")) throw new Error("it did not initialise");
    const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
    const pool = wasmPool();
    return right({
      name: "wasm",
      description: (threads) =>
        `tfjs wasm (${simd ? "SIMD" : "no SIMD"}, ${threads} ${
          threads === 1 ? "thread" : "threads"
        })`,
      software: false,
      limits: {},
      ...pool === undefined ? {} : { employ: (threads) => pool.employ(threads) },
      check: nothing,
      release: () => pool?.end(),
    });
  } catch (error) {
    return problem("wasm", {
      got: message(error),
      wanted: "a WebAssembly module that loads",
      hint: "Deno" in globalThis
        ? "allow the module to be read from Deno's cache with --allow-read"
        : 'serve tfjs-backend-wasm-simd.wasm beside the page, or tell where it is: tfjsEngine({ backend: "wasm", wasmFiles: "/wasm/" })',
    });
  }
}

const NO_ADAPTER =
  "install the driver of the graphics card (on Debian nvidia-driver and libvulkan1, or mesa-vulkan-drivers, which also has a slow software adapter), or use the wasm backend";

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
] as const;

async function makeWebgpu(): Promise<Result<ReadyBackend>> {
  try {
    const adapter = await findAdapter();
    if (adapter === undefined) {
      return problem("webgpu", {
        got: "no WebGPU adapter",
        wanted: "a Vulkan, Metal or Direct3D 12 driver",
        hint: NO_ADAPTER,
      });
    }
    return await useAdapter(adapter);
  } catch (error) {
    return problem("webgpu", {
      got: message(error),
      wanted: "a WebGPU device that starts",
      hint: NO_ADAPTER,
    });
  }
}

async function useAdapter(adapter: GPUAdapter): Promise<Result<ReadyBackend>> {
  const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits: limits });
  const reports: string[] = [];
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    // The runtime's types leave the event's class out.
    const { error } = event as Event & { readonly error?: GPUError };
    reports.push(error?.message ?? "an error without a text");
  });
  let released = false;
  device.lost.then(({ message }) => {
    if (!released) reports.push(`the device was lost: ${message}`);
  });
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  // Else small operands that were just uploaded are computed on the host, in other roundings.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  if (tf.engine().registryFactory["webgpu"] !== undefined) {
    tf.removeBackend("webgpu");
  }
  // The library's types name the same browser interfaces from another package.
  type Arguments = ConstructorParameters<typeof WebGPUBackend>;
  const backend = new WebGPUBackend(
    device as unknown as Arguments[0],
    adapter.info as unknown as Arguments[1],
  );
  tf.registerBackend("webgpu", () => backend, 3);
  await tf.setBackend("webgpu");
  const { vendor, architecture, device: chip, description } = adapter.info;
  const software = isSoftware(adapter.info);
  const adapterName = description || [vendor, architecture, chip].join(" ");
  return right({
    name: "webgpu",
    description: () => `tfjs webgpu (${adapterName.trim()}${software ? ", software adapter" : ""})`,
    software,
    limits,
    check: () => {
      const first = reports[0];
      if (first === undefined) return;
      reports.length = 0;
      throw new Error(`The WebGPU device reported an error: ${first}`);
    },
    release: () => {
      released = true;
      ready.delete("webgpu");
      tf.removeBackend("webgpu");
      device.destroy();
    },
  });
}
