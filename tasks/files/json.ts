/** JSON as a type: what `JSON.parse` can give, before anyone has looked at it. */

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  /** The fields; which are there is for the reader to find out. */
  readonly [field: string]: Json;
}

/** Whether a value of JSON is an object, neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON value as short text for a problem: at most 60 characters of it. */
export function showJson(value: Json | undefined): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
