import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { count, duration, magnitude, percent } from "../../tasks/terminal/format.ts";
import { table } from "../../tasks/terminal/table.ts";
import { cutEnd, cutMiddle, displayWidth, pad } from "../../tasks/terminal/width.ts";

const text = fc.string({ unit: "grapheme", maxLength: 30 });

Deno.test("displayWidth() counts columns, not code units", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["", 0],
    ["conv1", 5],
    ["\x1b[31mred\x1b[39m", 3],
    ["e\u0301", 1],
    ["漢字", 4],
    ["ｱ", 1],
    ["한국", 4],
    ["\u{1f63a}", 2],
    ["\u200b", 0],
  ];
  for (const [value, width] of cases) assertEquals(displayWidth(value), width, value);
});

Deno.test("cutEnd() and cutMiddle() never exceed the width, and keep what fits", () => {
  fc.assert(fc.property(text, fc.nat(40), (value, width) => {
    for (const cut of [cutEnd, cutMiddle]) {
      assert(displayWidth(cut(value, width)) <= width);
      if (displayWidth(value) <= width) assertEquals(cut(value, width), value);
    }
  }));
});

Deno.test("cutMiddle() keeps both ends of a path", () => {
  assertEquals(cutMiddle("stage1.module1.mask.conv2", 12), "stage….conv2");
});

Deno.test("pad() fills up to the width on the side that is asked for", () => {
  assertEquals(pad("漢", 4, "left"), "漢  ");
  assertEquals(pad("漢", 4, "right"), "  漢");
  assertEquals(pad("longer", 4, "right"), "longer");
});

Deno.test("duration() shows the two largest units", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0.0 s"],
    [0.44, "0.4 s"],
    [9.96, "10 s"],
    [59.6, "1 min 00 s"],
    [185, "3 min 05 s"],
    [3599.9, "1 h 00 min"],
    [8070, "2 h 15 min"],
    [86399, "1 d 0 h"],
    [97200, "1 d 3 h"],
    [NaN, "?"],
    [Infinity, "?"],
    [-1, "?"],
  ];
  for (const [seconds, shown] of cases) assertEquals(duration(seconds), shown);
});

Deno.test("count(), magnitude() and percent() write numbers as people read them", () => {
  assertEquals([0, 999, 1132986].map(count), ["0", "999", "1,132,986"]);
  assertEquals(
    [950, 999.6, 1132986, 122_800_000, 999_960, 6.3e9, 2e15].map(magnitude),
    ["950", "1.0 k", "1.1 M", "122.8 M", "1.0 M", "6.3 G", "2000.0 T"],
  );
  assertEquals([percent(0.93421), percent(1, 0)], ["93.42 %", "100 %"]);
  assertEquals([count(NaN), magnitude(Infinity), percent(NaN)], ["?", "?", "?"]);
});

Deno.test("table() lines up columns by display width, with header and footer", () => {
  const rows = [["conv1", "432"], ["漢字.conv", "6,410"]];
  assertEquals(
    table(rows, {
      header: ["layer", "parameters"],
      footer: [["total", "6,842"]],
      align: ["left", "right"],
    }),
    [
      "layer      parameters",
      "---------  ----------",
      "conv1             432",
      "漢字.conv       6,410",
      "---------  ----------",
      "total           6,842",
    ].join("\n"),
  );
});

Deno.test("table() cuts the chosen column in the middle when the terminal is narrow", () => {
  const rows = [["1", "stage1.module1.mask.down1.unit1.conv2", "432"]];
  assertEquals(
    table(rows, { columns: 24, shrink: 1 }),
    "1  stage1.…t1.conv2  432",
  );
});

Deno.test("table() stays within the width whenever the column can be cut enough", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 40 });
  fc.assert(fc.property(
    fc.array(fc.tuple(cell, fc.nat().map(String)), { maxLength: 5 }),
    fc.integer({ min: 20, max: 80 }),
    (rows, columns) => {
      for (const line of table(rows, { columns }).split("\n")) {
        assert(displayWidth(line) <= columns);
      }
    },
  ));
});

Deno.test("table() of nothing is nothing, and short rows leave cells empty", () => {
  assertEquals(table([]), "");
  assertEquals(table([["a"], ["b", "c"]]), "a\nb  c");
});
