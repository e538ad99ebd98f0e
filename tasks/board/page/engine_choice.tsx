/** What the page computes on; the same for every part. */
import { type Signal, signal } from "@preact/signals";
import type { JSX } from "preact";
import { type Backend, BACKENDS } from "./worker/messages.ts";

export const backend: Signal<Backend> = signal(BACKENDS[0]);

const TITLES: Readonly<Record<Backend, string>> = {
  auto: "the best one here",
  webgpu: "WebGPU",
  wasm: "WebAssembly",
};

export function EngineChoice(): JSX.Element {
  return (
    <label class="row">
      Engine{" "}
      <select
        value={backend.value}
        onChange={({ currentTarget: { value } }) =>
          backend.value = BACKENDS.find((one) => one === value) ?? BACKENDS[0]}
      >
        {BACKENDS.map((one) => <option key={one} value={one}>{TITLES[one]}</option>)}
      </select>
    </label>
  );
}
