/** Where the page is: its address, which changes as its user chooses. */
import { effect, type Signal, signal } from "@preact/signals";
import { type Address, addressIn, addressOf, type Part } from "./address.ts";

/** Milliseconds without a change after which the browser shows the address: it bears only so many. */
const PAUSE_MS = 200;

export const here: Signal<Address> = signal(addressIn(location.hash));

/** What each part showed when it was left. */
export const left: Signal<Readonly<Partial<Record<Part, URLSearchParams>>>> = signal({});

effect(() => {
  const { part, given } = here.value;
  left.value = { ...left.peek(), [part]: given };
});

let waiting: ReturnType<typeof setTimeout> | undefined;

addEventListener("hashchange", () => {
  clearTimeout(waiting);
  here.value = addressIn(location.hash);
});

/** Shows something else in a part; the way back leads to what was there before that part. */
export function show(part: Part, given: URLSearchParams): void {
  here.value = { part, given };
  clearTimeout(waiting);
  waiting = setTimeout(() => history.replaceState(null, "", linkHere()), PAUSE_MS);
}

/** A link to what is shown. */
export function linkHere(): string {
  const { part, given } = here.peek();
  return new URL(addressOf(part, given), location.href).href;
}
