/**
 * Checks a layer's configuration against its fields: the one judge for
 * networks that are planned and for networks that come from JSON.
 */
import type { Configuration } from "../net/net.ts";
import { show } from "../problem/show.ts";
import { closest } from "../problem/suggest.ts";
import type { Fault } from "./fault.ts";

/** One field of a layer's configuration, as JSON holds it. */
export interface Field<T> {
  /** What the field may hold, for people. */
  readonly wanted: string;
  /** Whether a value fits. */
  readonly is: (value: unknown) => value is T;
}

/** A fault of one field. */
export interface FieldFault extends Fault {
  /** The field's name. */
  readonly field: string;
}

/** Every field that is missing, unknown or holds what it may not. */
export function configurationFaults(
  type: string,
  fields: Readonly<Record<string, Field<unknown>>>,
  configuration: Configuration,
): readonly FieldFault[] {
  const given = new Map<string, unknown>(Object.entries(configuration));
  given.delete("type");
  const names = Object.keys(fields);
  const unknown = [...given].filter(([name]) => !Object.hasOwn(fields, name))
    .map(([field, value]): FieldFault => ({
      field,
      code: "unknown-field",
      rule: `a ${type} layer has no field ${JSON.stringify(field)}`,
      got: show(value),
      wanted: names.length === 0 ? "no fields" : names.join(", "),
      hint: closest(field, names, "leave it out"),
    }));
  const wrong = Object.entries(fields).filter(([name, field]) => !field.is(given.get(name)))
    .map(([field, { wanted }]): FieldFault => ({
      field,
      code: given.has(field) ? "invalid-field" : "missing-field",
      rule: `the field ${JSON.stringify(field)} ${
        given.has(field) ? "holds what it may not" : "is missing"
      }`,
      got: show(given.get(field)),
      wanted,
      hint: "",
    }));
  return [...unknown, ...wrong];
}
