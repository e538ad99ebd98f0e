import { assertEquals } from "@std/assert";
import { suggest } from "../../dsl/problem/suggest.ts";

const NAMES = ["cifar10", "shapes", "train"];

Deno.test("suggest() finds what a mistyped word was meant to be", () => {
  for (
    const [word, meant] of [
      ["cifar10", "cifar10"],
      ["CIFAR-10", "cifar10"],
      ["cfiar10", "cifar10"],
      ["cifar", "cifar10"],
      ["shape", "shapes"],
      ["hsapes", "shapes"],
      ["tarin", "train"],
    ] as const
  ) assertEquals(suggest(word, NAMES), meant);
});

Deno.test("suggest() keeps quiet when nothing is near", () => {
  assertEquals(suggest("imagenet", NAMES), undefined);
  assertEquals(suggest("", NAMES), undefined);
  assertEquals(suggest("x", NAMES), undefined);
  assertEquals(suggest("cifar10", []), undefined);
});

Deno.test("suggest() counts neighbours swapped as one slip", () => {
  assertEquals(suggest("abd", ["abcx", "adb"]), "adb");
  assertEquals(suggest("cnov", ["conv", "dense"]), "conv");
});
