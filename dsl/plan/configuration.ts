/**
 * Checks a layer's configuration against its fields: the one judge for
 * networks that are planned and for networks that come from JSON.
 */
import { type Layer, LAYERS, type LayerType } from "../../layers/table.ts";
import type { Fault, Field } from "./rule.ts";
import { closest } from "../problem/suggest.ts";

/** Whether a name is a layer type's. */
export function isLayerType(name: unknown): name is LayerType {
  return typeof name === "string" && Object.hasOwn(LAYERS, name);
}

/** Layers found to be well formed; layers are immutable, and units repeat the same ones. */
const sound = new WeakSet<Layer>();

/** What is wrong with the configuration of a layer. */
export function layerFaults(layer: Layer): readonly Fault[] {
  if (sound.has(layer)) return [];
  if (isSound(layer)) {
    if (isFrozen(layer)) sound.add(layer);
    return [];
  }
  return configurationFaults(layer.type, { ...layer }).map(({ field: _, ...fault }) => fault);
}

/** Whether nothing in a value can change any more. */
function isFrozen(value: unknown): boolean {
  return typeof value !== "object" || value === null ||
    Object.isFrozen(value) && Object.values(value).every(isFrozen);
}

/** Whether every field holds what it may, and there is no other; quicker than finding faults. */
function isSound(layer: Layer): boolean {
  const fields: Readonly<Record<string, Field<unknown>>> = LAYERS[layer.type].fields;
  let known = 0;
  for (const [name, value] of Object.entries(layer)) {
    if (name === "type") continue;
    if (fields[name]?.is(value) !== true) return false;
    known++;
  }
  return known === Object.keys(fields).length;
}

/** Every field that is missing, unknown or holds what it may not; the type itself has been checked. */
export function configurationFaults(
  type: LayerType,
  configuration: Readonly<Record<string, unknown>>,
): readonly (Fault & { readonly field: string })[] {
  const fields = new Map<string, Field<unknown>>(
    Object.entries(LAYERS[type].fields),
  );
  const unknown = Object.keys(configuration).filter((name) => name !== "type" && !fields.has(name))
    .map((field) => ({
      field,
      code: "unknown-field",
      rule: `a ${type} layer has no field ${JSON.stringify(field)}`,
      got: show(configuration[field]),
      wanted: fields.size === 0 ? "no fields" : [...fields.keys()].join(", "),
      hint: closest(field, [...fields.keys()], "leave it out"),
    }));
  const wrong = [...fields].filter(([name, field]) => !field.is(configuration[name]))
    .map(([field, { wanted }]) => ({
      field,
      code: field in configuration ? "invalid-field" : "missing-field",
      rule: field in configuration
        ? `the field ${JSON.stringify(field)} holds what it may not`
        : `the field ${JSON.stringify(field)} is missing`,
      got: show(configuration[field]),
      wanted,
      hint: "",
    }));
  return [...unknown, ...wrong];
}

/** A JSON value in a message, cut when it is long; what is missing is nothing. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "number" ? `${value}` : JSON.stringify(value) ?? `${value}`;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
