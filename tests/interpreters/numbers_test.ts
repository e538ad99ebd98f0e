/** Numbers as summaries print them. */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { bytes, grouped, share, short } from "../../dsl/problem/digits.ts";

Deno.test("grouped() separates thousands as English does", () => {
  fc.assert(fc.property(fc.nat(2 ** 31), fc.nat(2 ** 20), (a, b) => {
    const value = a * b;
    assertEquals(grouped(value), value.toLocaleString("en-US"));
  }));
});

Deno.test("short() gives four digits in the largest unit", () => {
  const texts = [0, 950, 1000, 1_148_826, 122_825_216, 6_270_836_736, 999_949, 999_951, 1e15];
  assertEquals(texts.map((value) => short(value)), [
    "0",
    "950",
    "1.000 k",
    "1.149 M",
    "122.8 M",
    "6.271 G",
    "999.9 k",
    "1.000 M",
    "1.000 P",
  ]);
});

Deno.test("bytes() gives three digits in the largest decimal unit", () => {
  assertEquals([0, 432, 999, 1000, 65_536, 999_499, 999_500, 4_658_664, 2.5e13].map(bytes), [
    "0 B",
    "432 B",
    "999 B",
    "1.00 kB",
    "65.5 kB",
    "999 kB",
    "1.00 MB",
    "4.66 MB",
    "25.0 TB",
  ]);
});

Deno.test("share() gives a percentage to one decimal, and says so when there is less", () => {
  assertEquals([share(1, 3), share(1, 1), share(0, 5), share(1, 10_000), share(0, 0)], [
    "33.3",
    "100.0",
    "0.0",
    "<0.1",
    "0.0",
  ]);
});
