/** What code may use of a worker: what belongs to JavaScript itself, by its name (ECMA-262, section 19). */

const NAMES = new Set(
  `AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error
  EvalError Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array
  Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp
  Set String Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array
  Uint8ClampedArray WeakMap WeakRef WeakSet console constructor decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt structuredClone
  undefined unescape`.split(/\s+/),
);

/** Whether a property of the worker is one of those. */
export function isOfJavaScript(name: string): boolean {
  return NAMES.has(name);
}
