/** The network that is shown, the one that it is compared with, and how they are named in the address. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import { defined } from "../../../../dsl/problem/defined.ts";
import { left, type Result, right } from "../../../../dsl/problem/result.ts";
import { plan } from "../../../../layers/bound/plan.ts";
import type { ZooNetwork } from "../../../../nets/zoo.ts";
import { evaluated } from "../code/evaluated.ts";
import { here, show } from "../here.ts";
import { packed, unpacked } from "./packed.ts";
import {
  CODE,
  FIRST,
  isText,
  JSON_NET,
  networkOf,
  type NetworkSpec,
  OTHER,
  paramsOf,
  specOf,
  type TextSpec,
} from "./spec.ts";
import { type View, viewOf, viewParams } from "./view.ts";

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

/** The texts that codes of an address stand for. */
const texts: Signal<ReadonlyMap<string, string>> = signal(new Map());

/** The networks that texts describe, as JSON, by the names of their specs. */
const described: Signal<ReadonlyMap<string, Result<string>>> = signal(new Map());

effect(() => {
  for (const named of [spec.value, other.value]) {
    if (isText(named) && !described.value.has(nameOf(named))) {
      unpacked(named.code).then((text = "") => describe(named, text));
    }
  }
});

function nameOf({ kind, code }: Pick<TextSpec, "kind" | "code">): string {
  return `${kind} ${code}`;
}

/** Finds the network of a text. */
async function describe(named: Pick<TextSpec, "kind" | "code">, text: string): Promise<void> {
  texts.value = new Map([...texts.peek(), [named.code, text]]);
  const json = named.kind === JSON_NET ? right(text) : await evaluated(text);
  described.value = new Map([...described.peek(), [nameOf(named), json]]);
}

/** The text of a network that has one; nothing while it is being read. */
function textOf(named: NetworkSpec): string | undefined {
  return isText(named) ? texts.value.get(named.code) : undefined;
}

/** The network, planned; nothing while its text is being read. */
export const shown: ReadonlySignal<Result<Shown> | undefined> = computed(() => planned(spec.value));

/** The other network, planned. */
export const otherShown: ReadonlySignal<Result<Shown> | undefined> = computed(() =>
  other.value && planned(other.value)
);

function planned(named: NetworkSpec): Result<Shown> | undefined {
  const json = isText(named) ? described.value.get(nameOf(named)) : right("");
  if (json === undefined || json._tag === "Left") return json;
  const found = networkOf(named, json.right);
  if (found._tag === "Left") return found;
  const { net, input } = found.right;
  const made = plan(net, input);
  return made._tag === "Left" ? left(made.left) : right({ ...found.right, plan: made.right });
}

/** How much of it the diagram shows. */
export const view: ReadonlySignal<View> = computed(() => viewOf(here.value.given));

/** Shows another network, compared with the same one as before unless one is given. */
export function choose(named: NetworkSpec, to: NetworkSpec | undefined = other.peek()): void {
  showAll(named, to, view.peek());
}

/** Compares the network with another, or with none. */
export function compareWith(named: NetworkSpec | undefined): void {
  showAll(spec.peek(), named, view.peek());
}

/** Shows more or less of the network in its diagram. */
export function showView(next: View): void {
  showAll(spec.peek(), other.peek(), next);
}

function showAll(named: NetworkSpec, to: NetworkSpec | undefined, seen: View): void {
  const params = [
    ...paramsOf(named),
    ...to === undefined ? [] : paramsOf(to, OTHER),
    ...viewParams(seen),
  ];
  show("networks", new URLSearchParams(params));
}

/** The text that is being written; nothing when it is that of the address. */
const draft: Signal<string | undefined> = signal(undefined);

addEventListener("hashchange", () => draft.value = undefined);

/** The text of the network, as it is written. */
export const written: ReadonlySignal<string> = computed(() =>
  draft.value ?? textOf(spec.value) ?? ""
);

/** Milliseconds without a change after which code is run. */
const PAUSE_MS = 150;

/** What the network that is shown is called, where a text describes it and its user has said so. */
function calledNow(): string {
  const now = spec.peek();
  return isText(now) ? now.name ?? "" : "";
}

/** Shows the network that a JSON text describes, by a name of its own or that of the one before. */
export function chooseText(text: string, name: string = calledNow()): Promise<void> {
  return chooseWritten(text, { kind: JSON_NET, ...defined({ name: name || undefined }) });
}

/** Shows the network that code describes, likewise. */
export async function chooseCode(text: string, name: string = calledNow()): Promise<void> {
  draft.value = text;
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  if (draft.peek() !== text) return;
  await chooseWritten(text, { kind: CODE, ...defined({ name: name || undefined }) });
}

async function chooseWritten(text: string, as: Pick<TextSpec, "kind" | "name">): Promise<void> {
  draft.value = text;
  const named = { ...as, code: await packed(text) };
  await describe(named, text);
  // Meanwhile another one may have been written.
  if (draft.peek() !== text) return;
  choose({ ...named, input: spec.peek().input ?? "32x32x3" });
}
