/** Networks in the board's addresses: an address is a network, and its script makes the same one. */
import { assert, assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { equal, fromJSON, orThrow, toJSON } from "../../mod.ts";
import { addressIn, addressOf } from "../../tasks/board/page/address.ts";
import { familyOf } from "../../tasks/board/page/networks/family.ts";
import { packed, unpacked } from "../../tasks/board/page/networks/packed.ts";
import { scriptOf } from "../../tasks/board/page/networks/script.ts";
import {
  FIRST,
  networkOf,
  type NetworkSpec,
  paramsOf,
  specOf,
} from "../../tasks/board/page/networks/spec.ts";
import { networkModule } from "../../tasks/networks/module.ts";
import { residualAttention } from "../../nets/mod.ts";
import { root } from "../docs/_blocks.ts";
import { withFolder } from "../files/_folder.ts";

const NUMBERS: Readonly<Record<string, string>> = {
  ...{ p: "2", t: "3", modules: "1,2", widths: "32,64", tail: "0" },
  ...{ unit: "basic", activation: "spatial", learning: "nal", mask: "local", layout: "text" },
};

const JSON_TEXT = toJSON(residualAttention({ widths: [8, 16], modules: 1 }));

const SPECS: readonly NetworkSpec[] = [
  FIRST,
  { kind: "zoo", name: "cifar/attention-92", classes: "100", input: "64x64x3" },
  { kind: "family", family: familyOf(() => null) },
  { kind: "family", family: familyOf((name) => NUMBERS[name] ?? null), classes: "7" },
  { kind: "json", code: await packed(JSON_TEXT), input: "32x32x3" },
  { kind: "code", code: await packed("chain(relu())"), input: "32x32x3" },
];

/** A network as an address has it; a browser runs code, which is taken to make this one. */
const network = async (spec: NetworkSpec) =>
  networkOf(spec, spec.kind === "json" ? await unpacked(spec.code) : JSON_TEXT);

Deno.test("an address is a network, and another one to compare it with", () => {
  for (const spec of SPECS) {
    const given = new URLSearchParams([...paramsOf(spec), ...paramsOf(FIRST, "to.")]);
    const read = addressIn(addressOf("networks", given));
    assertEquals(read.part, "networks");
    assertEquals(specOf(read.given), spec);
    assertEquals(specOf(read.given, "to."), FIRST);
  }
  assertEquals(specOf(new URLSearchParams()), undefined);
});

Deno.test("a copied script makes the network that is shown", async () => {
  await withFolder(async (folder) => {
    const { imports, exports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
    for (const [i, spec] of SPECS.entries()) {
      const shown = orThrow(await network(spec));
      const script = scriptOf(spec, shown).replaceAll(
        /"@netfold\/netfold(\/\w+)?"/g,
        (_, entry = "") => JSON.stringify(toFileUrl(join(root, exports[`.${entry}`])).href),
      );
      assert(Object.keys(imports).length > 0);
      const file = join(folder, `${i}.ts`);
      await Deno.writeTextFile(file, script);
      const made = orThrow(await networkModule(file));
      assert(equal(made.net, shown.net), script);
      assertEquals(made.input, shown.input);
    }
  });
});

Deno.test("what an address says wrongly is a problem, or the paper's", async () => {
  const code = async (spec: NetworkSpec) => {
    const found = await network(spec);
    return found._tag === "Left" ? found.left.map(({ code, path }) => `${code} ${path}`) : [];
  };
  assertEquals(await code({ kind: "zoo", name: "cifar/atention-56" }), [
    "unknown-network cifar/atention-56",
  ]);
  assertEquals(await code({ ...FIRST, input: "big" }), ["invalid-argument input"]);
  assertEquals(await code({ ...FIRST, classes: "-1" }), ["invalid-argument classes"]);
  assertEquals(await code({ kind: "json", code: await packed(JSON_TEXT) }), [
    "invalid-argument input",
  ]);
  assertEquals(await code({ kind: "json", code: "%%%", input: "8x8x3" }), ["not-json "]);
  const uneven = new URLSearchParams("family=x&modules=1,1&widths=8,8,8");
  assertEquals((await code(specOf(uneven) ?? FIRST)).length, 1);
  const odd = familyOf((name) => name === "unit" ? "constructor" : "x");
  assertEquals(odd, familyOf(() => null));
});

Deno.test("a text survives its address; what is none, or too long, is nothing", async () => {
  assertEquals(await unpacked(await packed(JSON_TEXT)), JSON_TEXT);
  assert((await packed(JSON_TEXT)).length < JSON_TEXT.length / 4);
  assert(/^[\w-]*$/.test(await packed("<>&\u{1f4a1}")));
  assertEquals(await unpacked("not base64!"), undefined);
  const bomb = await packed("0".repeat(40 * 2 ** 20));
  assertEquals(await unpacked(bomb), undefined);
  orThrow(fromJSON(JSON_TEXT));
});
