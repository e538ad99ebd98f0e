/** `deno task paper`: what it holds the networks to, and how it says so. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { orThrow } from "../../mod.ts";
import { ZOO_NAMES } from "../../nets/mod.ts";
import { CLAIMS } from "../../tasks/paper/claims.ts";
import { comparePaper, likewise } from "../../tasks/paper/compare.ts";
import { RECORDED } from "../../tasks/paper/recorded.ts";
import { paperMarkdown, paperText } from "../../tasks/paper/view.ts";

const report = orThrow(comparePaper());
const rows = report.sections.flatMap((section) => section.rows);

Deno.test("no count of ours has changed, and every figure that binds is met", () => {
  assertEquals(report.changes, []);
  for (const { binding, rows } of report.sections) {
    for (const row of rows) assert(!binding || row.match, `${row.network} ${row.quantity}`);
  }
});

Deno.test("every figure is of a network that is counted, and the whole zoo is recorded", () => {
  assertEquals(rows.length, CLAIMS.flatMap(({ claims }) => claims).length);
  for (const name of ZOO_NAMES) assert(Object.hasOwn(RECORDED, name), name);
});

Deno.test("whatever does not match has its reason", () => {
  for (const { network, match, note } of rows) assert(match || note !== undefined, network);
});

Deno.test("the paper's figures that ours do not meet are these", () => {
  const missed = rows.filter(({ match }) => !match)
    .map(({ network, stated, ours }) => `${network} ${stated} ${likewise(ours, stated)}`);
  assertEquals([...new Set(missed)], [
    "imagenet/attention-56 6.2G 6.3G",
    "imagenet/attention-92 51.3M 52.3M",
    "imagenet/attention-92 10.4G 10.5G",
    "cifar/attention-452 8.6M 10.1M",
    "imagenet/resnet-152 11.3G 11.5G",
    "imagenet/resnext-101-32x4d 44.5M 44.3M",
    "imagenet/resnext-101-32x4d 7.8G 8.0G",
    "imagenet/attentionnext-56 31.9M 31.4M",
    "imagenet/attentionnext-56 6.3G 6.4G",
    "imagenet/attentioninception-56 31.9M 31.6M",
    "imagenet/attentioninception-56 6.3G 6.2G",
  ]);
});

Deno.test("a count that is not the recorded one is a problem with its network", () => {
  const [weights, trainable, total, macs] = RECORDED["cifar/attention-56"] ?? [0, 0, 0, 0];
  const { "cifar/plain": _, ...others } = RECORDED;
  const changed = {
    ...others,
    "cifar/attention-56": [weights, trainable + 1, total, macs],
  } as const;
  const { changes } = orThrow(comparePaper({ ...changed, "cifar/gone": [1, 2, 3, 4] }));
  const [first] = changes;
  assertEquals([first?.path, first?.got, first?.wanted], [
    "cifar/attention-56",
    "1,148,826",
    "1,148,827",
  ]);
  const places = changes.map(({ path }) => path);
  assertEquals(places.filter((path) => path === "cifar/plain").length, 4);
  assertEquals(places.filter((path) => path === "cifar/gone").length, 4);
  assertEquals(places.length, 1 + 4 + 4);
});

Deno.test("figures are compared in their own digits", () => {
  assertEquals(likewise(31_883_432, "31.9M"), "31.9M");
  assertEquals(likewise(15_007_481_856, "15.0G"), "15.0G");
  assertEquals(likewise(8_612_538, "8.61M"), "8.61M");
  assertEquals(likewise(29.04, "29.0%"), "29.0%");
  assertEquals(likewise(1_132_986, "1,132,986"), "1,132,986");
});

Deno.test("text and Markdown hold every figure, and say which is none of ours", () => {
  for (const text of [paperText(report, 100), paperMarkdown(report)]) {
    for (const { network, stated } of rows) {
      assertStringIncludes(text, network);
      assertStringIncludes(text, stated);
    }
    assertStringIncludes(text, "no match (1)");
    assertStringIncludes(text, "(1) Table 7 prints 6.3G for the same network");
  }
  assert(paperText(report, 100).split("\n").every((line) => line.length <= 100));
});

Deno.test("the task needs to read its own files alone and prints one JSON document", async () => {
  const path = (name: string) => fromFileUrl(new URL(`../../${name}`, import.meta.url));
  const allow = `--allow-read=${path(".")}`;
  const args = ["run", "--no-lock", "--no-prompt", allow, "--config", path("deno.json")];
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args, path("tasks/cli/main.ts"), "paper", "--format=json"],
  }).output();
  assertEquals(code, 0);
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), report);
});
