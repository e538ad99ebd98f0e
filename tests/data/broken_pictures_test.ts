import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { decodeImage } from "../../tasks/data/mod.ts";
import { BROKEN, WHOLE } from "./_broken_pictures.ts";
import { assertProblem } from "./_results.ts";

for (const [name, bytes] of Object.entries(WHOLE)) {
  Deno.test(`what says nothing of the pixels stops no picture: ${name}`, () => {
    assertEquals([...orThrow(decodeImage(bytes, name)).pixels], [200, 30, 60]);
  });
}

for (const [name, [bytes, message]] of Object.entries(BROKEN)) {
  Deno.test(`a broken picture is refused by what is broken: ${name}`, () => {
    assertProblem(decodeImage(bytes, name), `${name} (file): `, message);
  });
}
