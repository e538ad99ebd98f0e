/** JSON's text: what `JSON.parse` reads, but no field twice and no nesting without end. */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseJson } from "../../tasks/files/json.ts";

Deno.test("parseJson() reads what JSON.parse() reads", () => {
  fc.assert(fc.property(fc.json(), (text) => {
    assertEquals(parseJson(text), JSON.parse(text));
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const json = JSON.stringify({ [text]: [text, { [text]: 'a:{\\"' }] });
    assertEquals(parseJson(json), JSON.parse(json));
  }));
});

Deno.test("parseJson() throws a SyntaxError on whatever is not JSON", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'{}[]:,"\\a1 ') }), (text) => {
    try {
      parseJson(text);
    } catch (error) {
      assertEquals(error instanceof SyntaxError, true, text);
    }
  }));
});

Deno.test("parseJson() refuses a field that stands twice in one object, however it is spelt", () => {
  for (
    const text of [`{"a":1,"a":1}`, `[{"b":{"a":1,"\\u0061":2}}]`, `{"__proto__":1,"__proto__":1}`]
  ) {
    assertThrows(() => parseJson(text), SyntaxError, "twice");
  }
  assertEquals(parseJson(`[{"a":{"a":1}},{"a":2}]`), [{ a: { a: 1 } }, { a: 2 }]);
});

Deno.test("parseJson() refuses what is nested too deep, before it is read", () => {
  for (const [open, close] of [["[", "]"], [`{"a":`, "}"]] as const) {
    const nested = (depth: number) => open.repeat(depth) + "1" + close.repeat(depth);
    assertEquals(typeof parseJson(nested(2000)), "object");
    assertThrows(() => parseJson(nested(1_000_000)), SyntaxError, "more than 2000 levels");
  }
});
