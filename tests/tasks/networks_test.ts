/** Networks as a command line names them: of the zoo, from JSON, from modules. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { equal, orThrow, renderProblems, toJSON } from "../../mod.ts";
import { relu } from "../../layers/mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { loadProblems } from "../../tasks/networks/module.ts";
import { chosenNetwork, findNetwork, titleOf } from "../../tasks/networks/networks.ts";
import { onlyProblem, problemsOf } from "../_problems.ts";
import { inFolder, run, smallNet } from "./_task.ts";

const LAYERS = 'import { conv, dense, globalAveragePool } from "@netfold/netfold/layers";\n' +
  'import { chain, freeze, orThrow, plan } from "@netfold/netfold";\n' +
  "const small = chain(conv(8), globalAveragePool(), dense(10));\n";

/** Writes a module into a folder of its own and gives its path to some work. */
async function withModule(source: string, work: (path: string) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "my_net.ts");
    await Deno.writeTextFile(path, source);
    await work(path);
  });
}

Deno.test("a module exports a network by default or as net, with its input or without", async () => {
  const shape = [16, 16, 3];
  for (const exported of ["export default small;", "export const net = small;"]) {
    await withModule(`${LAYERS}${exported}export const input = [16, 16, 3];`, async (path) => {
      const { net, input } = orThrow(await chosenNetwork(path, {}));
      assertEquals([net.kind, input], ["chain", shape]);
      assertEquals(orThrow(await chosenNetwork(path, { input: [8, 8, 3] })).input, [8, 8, 3]);
      assert(equal(orThrow(await findNetwork(path, {})).net, net));
    });
  }
});

Deno.test("a module may export what an edit gave, a network or its problems", async () => {
  await withModule(`${LAYERS}export default freeze(small, "conv1");`, async (path) => {
    const net = orThrow(await findNetwork(path, {})).net;
    assertEquals(net.kind === "chain" && net.nets[0]?.kind === "layer" && net.nets[0].frozen, true);
  });
  await withModule(`${LAYERS}export default freeze(small, "conv7");`, async (path) => {
    const problem = onlyProblem(await findNetwork(path, {}));
    assertEquals(problem.path, `${path}: the default export: conv7`);
    assertEquals(problem.hint, 'did you mean "conv1"?');
  });
});

Deno.test("one binary says of a module that does not load what it can load", () => {
  const [problem] = loadProblems("a.ts", new SyntaxError("Unexpected token ':'"), true);
  assertStringIncludes(problem?.hint ?? "", "give a JSON file");
  const [usual] = loadProblems("a.ts", new SyntaxError("Unexpected token ':'"), false);
  assertStringIncludes(usual?.hint ?? "", "deno run a.ts");
});

Deno.test("an object made by hand is judged like a file of JSON", async () => {
  const layer = '{ kind: "layer", layer: { type: "relu" } }';
  await withModule(
    `export const net = { kind: "chain", nets: [${layer}, ${layer}] };`,
    async (path) => {
      assertEquals(orThrow(await findNetwork(path, {})).net.kind, "chain");
    },
  );
  await withModule(
    'export const net = { kind: "chain", nets: [{ kind: "layr" }] };',
    async (path) => {
      const problem = onlyProblem(await findNetwork(path, {}));
      assertEquals([problem.path, problem.hint], [
        `${path}: net: nets[0].kind`,
        'did you mean "layer"?',
      ]);
    },
  );
});

Deno.test("a module without a network says what it exports and what to write", async () => {
  const cases: readonly (readonly [source: string, got: string, hint: string])[] = [
    ["export {};", "no exports", "export default net;"],
    [
      `${LAYERS}export const mine = small, a = 1;`,
      "exports named a, mine",
      "export { mine as net };",
    ],
    [`${LAYERS}export default () => small;`, "a function", "export default myNetwork();"],
    [`${LAYERS}export default Promise.resolve(small);`, "a promise", "await it"],
    ["export default 3;", "3", ""],
    ["export default null;", "null", ""],
    ["export default [1];", "an array of 1", ""],
    ["export default { layers: [] };", "an object with layers", ""],
    ["const a = { kind: 1 }; a.self = a; export default a;", "circular", ""],
  ];
  for (const [source, got, hint] of cases) {
    await withModule(source, async (path) => {
      const problem = onlyProblem(await findNetwork(path, {}));
      assertEquals(problem.layer, "module");
      assertStringIncludes(problem.got, got);
      assertStringIncludes(problem.hint, hint);
      assert(problem.path.startsWith(path));
    });
  }
});

Deno.test("a module that does not load says why, without a stack", async () => {
  const cases: readonly (readonly [source: string, got: string])[] = [
    ['throw new RangeError("boom");', "RangeError: boom"],
    ['throw "text";', "text"],
    ["export default 3 +", "Expression expected"],
    ['import a from "./missing.ts"; export default a;', "missing.ts"],
    ['import a from "nothere"; export default a;', '"nothere"'],
  ];
  for (const [source, got] of cases) {
    await withModule(source, async (path) => {
      const problem = onlyProblem(await findNetwork(path, {}));
      assertEquals(problem.rule, "the module must load");
      assertStringIncludes(problem.got, got);
    });
  }
  await withModule('import "nothere";', async (path) => {
    const { hint } = onlyProblem(await findNetwork(path, {}));
    assertStringIncludes(hint, 'import it from "npm:nothere" or "jsr:nothere"');
  });
  await withModule(`${LAYERS}orThrow(plan(small, [8]));`, async (path) => {
    assertStringIncludes(
      renderProblems(problemsOf(await findNetwork(path, {}))),
      "my_net.ts: conv1",
    );
  });
  await inFolder(async (folder) => {
    const problem = onlyProblem(await findNetwork(join(folder, "none.ts"), {}));
    assertEquals(problem.rule, "the file must exist");
  });
});

Deno.test("the input that a module exports must be a shape", async () => {
  for (const input of ["[32, 32]", "[0, 1, 3]", '"32x32x3"', "[1.5]"]) {
    await withModule(
      `${LAYERS}export default small; export const input = ${input};`,
      async (path) => {
        assertEquals(onlyProblem(await chosenNetwork(path, {})).path, `${path}: input`);
      },
    );
  }
  await withModule(`${LAYERS}export default small;`, async (path) => {
    assertStringIncludes(onlyProblem(await chosenNetwork(path, {})).hint, "export const input");
    assertEquals(onlyProblem(await chosenNetwork(path, { classes: 3 })).path, "--classes");
  });
});

Deno.test("files of JSON and names of the zoo are found as before", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "net.json");
    assert(equal(orThrow(await findNetwork(path, {})).net, smallNet));
    assertEquals(orThrow(await chosenNetwork(path, { input: [9, 9, 3] })).input, [9, 9, 3]);
    assertStringIncludes(onlyProblem(await chosenNetwork(path, {})).hint, "--input 32x32x3");
  });
  const { net } = orThrow(await chosenNetwork("cifar/attention-20", { classes: 3 }));
  assert(equal(net, attention20({ classes: 3 })));
  assertEquals(titleOf("some/where/my_net.ts"), "my_net");
  assertEquals(titleOf("net.json"), "net");
  assertEquals(titleOf("cifar/attention-20"), "cifar/attention-20");
});

Deno.test("a task takes a module of the folder it runs in, and says which permission another needs", async () => {
  await inFolder(async (folder) => {
    const source = `${LAYERS}export default small; export const input = [32, 32, 3];`;
    await Deno.writeTextFile(join(folder, "my_net.ts"), source);
    const shown = await run(folder, "summary", "./my_net.ts", "--format=json");
    assertEquals([shown.code, shown.stderr], [0, ""]);
    assertEquals(JSON.parse(shown.stdout).output, [10]);
    await Deno.writeTextFile(join(folder, "far.ts"), 'import "https://example.com/net.ts";');
    const refused = await run(folder, "summary", "far.ts");
    assertEquals(refused.code, 1);
    assertStringIncludes(refused.stderr, "--allow-import");
  });
});

Deno.test("a layer that a JSON file's language lacks is told with the option that gives one", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "own.json");
    const text = toJSON(relu()).replace("relu", "quantised");
    await Deno.writeTextFile(path, text);
    const { hint } = onlyProblem(await findNetwork(path, {}));
    assertStringIncludes(hint, "--language FILE");
  });
});
