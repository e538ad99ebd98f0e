/** What Python reads in text that netfold wrote of hostile names: a docstring, and nothing that runs. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import * as v from "valibot";
import { csv, printable } from "../../dsl/problem/escape.ts";
import { chain, diagram, layer, orThrow, plan, pointwise, rule, standard } from "../../mod.ts";
import { conv, relu } from "../../layers/mod.ts";
import { pythonText, torchModule } from "../../layers/bound/torch.ts";
import { confusionOf } from "../../tasks/charts/confusion.ts";
import { confusionSvg } from "../../tasks/charts/confusion_chart.ts";
import { python, testFile } from "../torch/_torch.ts";
import { hostile, unseenIn, worst } from "./_hostile.ts";

interface Own {
  readonly type: string;
  readonly mode: string;
}

function hasPython(): boolean {
  try {
    return new Deno.Command(python, { args: ["-c", "import ast"] }).outputSync().success;
  } catch {
    return false;
  }
}

const ignore = !hasPython();

/** What Python's parsers find in texts, each of a kind. */
async function parsed(texts: readonly (readonly [string, string])[]): Promise<readonly unknown[]> {
  const process = new Deno.Command(python, {
    args: [testFile("laws/parse.py")],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(texts)));
  await writer.close();
  const { stdout } = await process.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

const MODULES = v.array(v.tuple([v.string(), v.array(v.string())]));

const texts = [
  worst,
  '"""',
  'a"""\nimport os\n"""',
  'a\\"""b',
  '""""""',
  ...fc.sample(hostile, 60),
];

/** A network whose name, and whose layer's type and field, are that text, as PyTorch. */
function moduleOf(text: string): string {
  const own = rule<Own>({
    ...pointwise(1),
    type: text,
    label: "own",
    fields: { mode: { wanted: "text", is: (value) => typeof value === "string" } },
    lower: (_, { input }) => input,
    torch: () => ({ applies: (_, x) => x }),
  });
  const net = chain(conv(4), layer<Own>({ type: text, mode: text }), relu());
  const described = { name: text, citation: text, language: standard.with(own) };
  return orThrow(torchModule(net, [4, 4, 3], described));
}

Deno.test({
  name: "a PyTorch module of hostile names is its docstring and its classes",
  ignore,
  fn: async () => {
    const sources = texts.map(moduleOf);
    const modules = [moduleOf("plain"), ...sources];
    const [first, ...found] = v.parse(
      MODULES,
      await parsed(modules.map((source) => ["python", source])),
    );
    found.forEach(([docstring, others], i) => {
      const source = sources[i] ?? "";
      assertEquals(unseenIn(source), []);
      assertEquals(others, first?.[1], source);
      assertEquals(docstring.split("\n")[0]?.startsWith('r"""'), false);
      assertStringIncludes(docstring, printable(texts[i] ?? "").replaceAll('"""', '\\"\\"\\"'));
    });
  },
});

Deno.test({
  name: "a string of Python is read as the very text",
  ignore,
  fn: async () => {
    const strings = texts.map((text) => ["literal", pythonText(text)] as const);
    assertEquals(await parsed(strings), texts);
    for (const [, string] of strings) assertEquals(unseenIn(string), []);
  },
});

Deno.test({
  name: "drawings of hostile names are XML, and tables are CSV",
  ignore,
  fn: async () => {
    const drawings = await Promise.all(
      texts.slice(0, 12).map(async (text) => [
        await diagram(orThrow(plan(conv(4), [4, 4, 3])), { format: "svg", title: text }),
        orThrow(await confusionSvg(confusionOf([0, 1], [0, 1], 2), [text, `${text}b`])),
      ]),
    );
    const svgs = drawings.flat().map((svg) => ["xml", svg] as const);
    const rows = texts.map((text) => ["csv", `${csv(text)},${csv(text)}\r\n`] as const);
    const found = await parsed([...svgs, ...rows]);
    assertEquals(
      found.slice(svgs.length),
      texts.map((text) => [[printable(text), printable(text)]]),
    );
  },
});
