/** Values in messages. */

/** A JSON value in a message, cut when it is long; what is missing is nothing. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = textOf(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function textOf(value: unknown): string {
  if (typeof value !== "object" && typeof value !== "string") return String(value);
  try {
    return JSON.stringify(value) ?? Object.prototype.toString.call(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
