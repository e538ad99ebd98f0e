/** The network that is shown, the one that it is compared with, and how they are named in the address. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import { left, type Result, right } from "../../../../dsl/problem/result.ts";
import { plan } from "../../../../layers/bound/plan.ts";
import type { ZooNetwork } from "../../../../nets/zoo.ts";
import { here, show } from "../here.ts";
import { packed, unpacked } from "./packed.ts";
import { FIRST, JSON_NET, networkOf, type NetworkSpec, paramsOf, specOf } from "./spec.ts";

/** What stands before the names of the network that another is compared with. */
const OTHER = "to.";

/** A network that is planned. */
export interface Shown extends ZooNetwork {
  readonly plan: Plan;
}

/** The network that the address names. */
export const spec: ReadonlySignal<NetworkSpec> = computed(() => specOf(here.value.given) ?? FIRST);

/** The network that it is compared with; nothing when it is with none. */
export const other: ReadonlySignal<NetworkSpec | undefined> = computed(() =>
  specOf(here.value.given, OTHER)
);

/** The texts that codes stand for. */
const texts: Signal<ReadonlyMap<string, string>> = signal(new Map());

effect(() => {
  for (const named of [spec.value, other.value]) {
    if (named?.kind === JSON_NET && !texts.value.has(named.code)) {
      unpacked(named.code).then((text = "") => keep(named.code, text));
    }
  }
});

function keep(code: string, text: string): void {
  texts.value = new Map([...texts.peek(), [code, text]]);
}

/** The text of a network in JSON; nothing while it is being read. */
export function textOf(named: NetworkSpec): string | undefined {
  return named.kind === JSON_NET ? texts.value.get(named.code) : undefined;
}

/** The network, planned; nothing while its text is being read. */
export const shown: ReadonlySignal<Result<Shown> | undefined> = computed(() => planned(spec.value));

/** The other network, planned. */
export const otherShown: ReadonlySignal<Result<Shown> | undefined> = computed(() =>
  other.value && planned(other.value)
);

function planned(named: NetworkSpec): Result<Shown> | undefined {
  const text = textOf(named);
  if (named.kind === JSON_NET && text === undefined) return undefined;
  const found = networkOf(named, text);
  if (found._tag === "Left") return found;
  const { net, input } = found.right;
  const made = plan(net, input);
  return made._tag === "Left" ? left(made.left) : right({ ...found.right, plan: made.right });
}

/** Shows another network, compared with the same one as before unless one is given. */
export function choose(named: NetworkSpec, to: NetworkSpec | undefined = other.peek()): void {
  const params = [...paramsOf(named), ...(to === undefined ? [] : paramsOf(to, OTHER))];
  show("networks", new URLSearchParams(params));
}

/** Compares the network with another, or with none. */
export function compareWith(named: NetworkSpec | undefined): void {
  const params = [...paramsOf(spec.peek()), ...(named === undefined ? [] : paramsOf(named, OTHER))];
  show("networks", new URLSearchParams(params));
}

/** The text that is being written; nothing when it is that of the address. */
const draft: Signal<string | undefined> = signal(undefined);

addEventListener("hashchange", () => draft.value = undefined);

/** The text of the network in JSON, as it is written. */
export const written: ReadonlySignal<string> = computed(() =>
  draft.value ?? textOf(spec.value) ?? ""
);

/** Shows the network that a JSON text describes. */
export async function chooseText(text: string): Promise<void> {
  draft.value = text;
  const code = await packed(text);
  keep(code, text);
  // While it was packed another one may have been written.
  if (draft.peek() !== text) return;
  choose({ kind: JSON_NET, code, input: spec.peek().input ?? "32x32x3" });
}
