/** Where the page is: its address, which changes as its user chooses. */
import { type Signal, signal } from "@preact/signals";
import { type Address, addressIn, addressOf, type Part } from "./address.ts";

export const here: Signal<Address> = signal(addressIn(location.hash));

addEventListener("hashchange", () => here.value = addressIn(location.hash));

/** Shows something else in a part; the way back leads to what was there before that part. */
export function show(part: Part, given: URLSearchParams): void {
  history.replaceState(null, "", addressOf(part, given));
  here.value = { part, given };
}
