/** Networks in the board's addresses: an address is a network, and its script makes the same one. */
import { assert, assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { equal, fromJSON, named, type Net, orThrow, toJSON } from "../../mod.ts";
import { relu } from "../../layers/mod.ts";
import { addressIn, addressOf } from "../../tasks/board/page/address.ts";
import {
  changed,
  FAMILY_NAMES,
  familyOf,
  type FamilySaid,
  nearestOf,
  optionsOf,
} from "../../tasks/board/page/networks/family.ts";
import { packed, unpacked } from "../../tasks/board/page/networks/packed.ts";
import { scriptOf } from "../../tasks/board/page/networks/script.ts";
import {
  FIRST,
  networkOf,
  type NetworkSpec,
  paramsOf,
  specOf,
  unknownIn,
} from "../../tasks/board/page/networks/spec.ts";
import { stemOf } from "../../tasks/export/words.ts";
import { networkModule } from "../../tasks/networks/module.ts";
import { residualAttention } from "../../nets/mod.ts";
import { root } from "../docs/_blocks.ts";
import { withFolder } from "../files/_folder.ts";

const NUMBERS: FamilySaid = {
  ...{ p: "2", t: "3", modules: "1,2", widths: "32,64", tail: "0" },
  ...{ unit: "basic", activation: "spatial", learning: "nal", mask: "local", layout: "text" },
};

const JSON_TEXT = toJSON(residualAttention({ widths: [8, 16], modules: 1 }));

const SPECS: readonly NetworkSpec[] = [
  FIRST,
  { kind: "zoo", name: "cifar/attention-92", classes: "100", input: "64x64x3" },
  { kind: "family", family: {} },
  { kind: "family", family: NUMBERS, classes: "7" },
  { kind: "json", code: await packed(JSON_TEXT), input: "32x32x3" },
  { kind: "code", code: await packed("chain(relu())"), name: "mein Netz", input: "32x32x3" },
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
    assertEquals(unknownIn(read.given), []);
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

Deno.test("a network that a text describes is called as its user, or it itself, says", async () => {
  const called = async (said: { readonly name?: string }, net: Net) => {
    const json = { kind: "json", code: await packed(toJSON(net)), input: "8x8x3" } as const;
    return orThrow(networkOf({ ...json, ...said }, toJSON(net))).name;
  };
  assertEquals(await called({}, relu()), "network");
  assertEquals(await called({}, named("mine", relu())), "mine");
  assertEquals(await called({ name: "yours" }, named("mine", relu())), "yours");
});

Deno.test("a file that holds a network has its name, in any script and in no other folder", () => {
  const stems = { "cifar/attention-8": "cifar-attention-8", "a b": "a-b", "../../x": "x" };
  for (const [name, stem] of Object.entries(stems)) assertEquals(stemOf(name), stem);
  for (const name of ["注意力網絡", "сеть", "réseau"]) assertEquals(stemOf(name), name);
  for (const name of ["", "/", "...", "\u202e"]) assertEquals(stemOf(name), "network");
});

Deno.test("what an address says wrongly is a problem", async () => {
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
  const odd = "family=residual-attention&p=5&t=0&r=1.5&tail=x&modules=1,9&widths=520,64,12" +
    "&unit=constructor&activation=&mask=__proto__&learning=ARL&layout=tails&reading=figures";
  assertEquals(
    await code(specOf(new URLSearchParams(odd)) ?? FIRST),
    [...FAMILY_NAMES].map((name) => `invalid-argument ${name}`),
  );
  const deep = await code({ kind: "family", family: { modules: "1,1,1,1,1,1" } });
  assertEquals(deep, ["invalid-argument modules"]);
});

Deno.test("what an address names that is nothing of its networks is a problem", () => {
  const unknown = (text: string) =>
    unknownIn(new URLSearchParams(text)).map(({ code, path, hint }) => `${code} ${path}: ${hint}`);
  assertEquals(unknown(""), []);
  assertEquals(unknown("zoo=a&classes=3&to.family=residual-attention&to.p=2"), []);
  assertEquals(unknown("zoo=a&p=2&clases=3"), [
    "unknown-name p: leave it out",
    'unknown-name clases: did you mean "classes"?',
  ]);
  assertEquals(unknown("p=2"), ["unknown-name p: leave it out"]);
  assertEquals(unknown("zoo=a&zoo=b"), [
    "invalid-argument zoo: leave all but one of them out",
  ]);
  assertEquals(unknown("zoo=a&family=b"), [
    'unknown-name family: did you mean "to.family"?',
  ]);
  assertEquals(unknown("to.family=b"), [
    "unknown-name to.family: write to.family=residual-attention",
  ]);
});

Deno.test("sliders show the paper's in the place of what is wrong, and mend it when they are moved", () => {
  const usual = nearestOf({});
  assertEquals(orThrow(familyOf({})), usual);
  assertEquals(optionsOf(usual, {}), {});
  assertEquals(nearestOf({ p: "5", t: "4", widths: "9" }), { ...usual, t: 4 });
  const said = changed({ p: "5", t: "4", r: "9" }, { p: 2, t: 2 });
  assertEquals(said, { p: "2", r: "9" });
  assertEquals(changed(said, { r: 1, widths: [8, 16] }), { p: "2", widths: "8,16" });
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
