/** What a network answers to given numbers, in float64. */
import { inference, type Net, orThrow, plan, type Shape } from "../../mod.ts";
import { type Numbers, runReference } from "../_reference.ts";

/** The answer of a network to one input, with parameters by name. */
export function answer(
  net: Net,
  input: { readonly shape: Shape; readonly data: Numbers },
  parameters: Readonly<Record<string, Numbers>> = {},
): readonly number[] {
  const graph = inference(orThrow(plan(net, input.shape)), 1);
  return [...runReference(graph, parameters, { images: input.data }).outputs["logits"] ?? []];
}

/** A map of one channel from its rows. */
export function rows(
  ...rows: readonly (readonly number[])[]
): { readonly shape: Shape; readonly data: readonly number[] } {
  return { shape: [rows.length, rows[0]?.length ?? 0, 1], data: rows.flat() };
}
