/** Networks as JSON text: what comes back, and what is said of text that is wrong. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import {
  chain,
  equal,
  fromJSON,
  identity,
  named,
  type Net,
  orThrow,
  type Problem,
  renderProblems,
  toJSON,
} from "../../mod.ts";
import { conv, relu } from "../../layers/mod.ts";
import { attention452, attention56, network, ZOO_NAMES } from "../../nets/mod.ts";
import { validNetworks } from "../_arbitraries.ts";
import { onlyProblem as soleProblem, problemsOf as allProblems } from "../_problems.ts";

/** What is wrong with a text. */
function problemsOf(text: string): readonly Problem[] {
  return allProblems(fromJSON(text));
}

/** The one thing that is wrong with a text. */
function onlyProblem(text: string): Problem {
  return soleProblem(fromJSON(text));
}

const envelope = (net: unknown): string => JSON.stringify({ netfold: 1, net });
const CONV = {
  type: "conv",
  width: 8,
  kernel: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  groups: 1,
  padding: "same",
  bias: false,
  initializer: "he-normal",
};
const layer = (configuration: unknown) => ({ kind: "layer", layer: configuration });

Deno.test("fromJSON() gives back every network of the zoo", () => {
  for (const name of ZOO_NAMES) {
    const { net } = orThrow(network(name));
    assert(equal(orThrow(fromJSON(toJSON(net))), net), name);
    assert(equal(orThrow(fromJSON(toJSON(net, 2))), net), name);
  }
});

Deno.test("toJSON() gives the same text for the same network", () => {
  assertEquals(toJSON(attention452()), toJSON(attention452()));
  assertEquals(toJSON(orThrow(fromJSON(toJSON(attention56())))), toJSON(attention56()));
});

Deno.test("toJSON() gives the value itself in an envelope with a version", () => {
  assertEquals(JSON.parse(toJSON(chain(relu(), identity, named("a", conv(8, { kernel: 3 }))))), {
    netfold: 1,
    net: {
      kind: "chain",
      nets: [
        layer({ type: "relu" }),
        { kind: "named", name: "a", numbering: "never", net: layer(CONV) },
      ],
    },
  });
});

Deno.test("fromJSON() says so when the text is not JSON", () => {
  for (const text of ["", "{", "net", '{"netfold": 1,}', "\0", "NaN"]) {
    const problem = onlyProblem(text);
    assertEquals([problem.layer, problem.rule], ["JSON", "the text is not JSON"]);
  }
});

Deno.test("fromJSON() refuses text of another version or without a network", () => {
  const texts = [
    "null",
    "[]",
    "1",
    '"net"',
    "true",
    "{}",
    '{"netfold": 1}',
    '{"netfold": 2, "net": {"kind": "chain", "nets": []}}',
    '{"netfold": "1", "net": {"kind": "chain", "nets": []}}',
    '{"net": {"kind": "chain", "nets": []}}',
    '[{"netfold": 1, "net": {}}]',
  ];
  for (const text of texts) {
    const problem = onlyProblem(text);
    assertEquals(problem.rule, "the text does not hold a netfold network of this version");
    assertEquals(problem.wanted, '{"netfold": 1, "net": {...}}');
  }
});

Deno.test("fromJSON() says where a network is no object, or of no known kind", () => {
  for (const net of [null, 1, "relu", [], true]) {
    const problem = onlyProblem(envelope({ kind: "chain", nets: [net] }));
    assertEquals([problem.path, problem.got], ["net.nets[0]", JSON.stringify(net)]);
  }
  const unknown = onlyProblem(envelope({ kind: "chian", nets: [] }));
  assertEquals([unknown.path, unknown.got, unknown.hint], [
    "net.kind",
    '"chian"',
    'did you mean "chain"?',
  ]);
  assertEquals(onlyProblem(envelope({})).got, "nothing");
});

Deno.test("fromJSON() knows what was probably meant by an unknown layer, merge or field", () => {
  const type = onlyProblem(envelope(layer({ type: "conw" })));
  assertEquals([type.path, type.hint], ["net.layer.type", 'did you mean "conv"?']);
  assertStringIncludes(type.wanted, "max_pool");
  const merge = onlyProblem(envelope({ kind: "fork", merge: "atend", branches: [] }));
  assertEquals([merge.path, merge.hint], ["net.merge", 'did you mean "attend"?']);
  const field = problemsOf(envelope(layer({ ...CONV, strides: [1, 1] })));
  assertEquals(field.map(({ path, hint }) => [path, hint]), [
    ["net.layer.strides", 'did you mean "stride"?'],
  ]);
});

Deno.test("fromJSON() reports fields that are missing, of a wrong type or too many", () => {
  const { kernel: _, ...missing } = CONV;
  const gone = onlyProblem(envelope(layer(missing)));
  assertEquals([gone.path, gone.layer, gone.rule, gone.got], [
    "net.layer.kernel",
    "conv",
    'the field "kernel" is missing',
    "nothing",
  ]);
  const wrong = onlyProblem(envelope(layer({ ...CONV, stride: "2" })));
  assertEquals([wrong.path, wrong.got, wrong.wanted], [
    "net.layer.stride",
    '"2"',
    "[height, width], whole numbers of at least 1",
  ]);
  const extra = onlyProblem(envelope({ kind: "chain", nets: [], name: "a" }));
  assertEquals([extra.path, extra.got, extra.wanted], ["net.name", '"a"', "kind, nets"]);
});

Deno.test("fromJSON() reports missing and wrong parts of every kind of network", () => {
  const cases: readonly (readonly [unknown, readonly string[]])[] = [
    [{ kind: "chain" }, ["net.nets"]],
    [{ kind: "chain", nets: {} }, ["net.nets"]],
    [{ kind: "fork" }, ["net.branches", "net.merge"]],
    [{ kind: "fork", merge: 3, branches: 4 }, ["net.branches", "net.merge"]],
    [{ kind: "named" }, ["net.net", "net.name", "net.numbering"]],
    [{ kind: "named", name: 1, numbering: 0, net: layer({ type: "relu" }) }, [
      "net.name",
      "net.numbering",
    ]],
    [{ kind: "layer" }, ["net.layer.type"]],
    [{ kind: "layer", layer: [] }, ["net.layer.type"]],
    [layer({ type: null }), ["net.layer.type"]],
  ];
  for (const [net, paths] of cases) {
    assertEquals(problemsOf(envelope(net)).map(({ path }) => path), paths);
  }
});

Deno.test("fromJSON() reports every problem with its place", () => {
  const text = envelope({
    kind: "chain",
    nets: [
      layer({ type: "rellu" }),
      { kind: "fork", merge: "sum", branches: [layer({ ...CONV, groups: 0, bias: 1 }), 7] },
      { kind: "named", name: null, numbering: "always", net: { kind: "net" } },
    ],
  });
  assertEquals(problemsOf(text).map(({ path }) => path), [
    "net.nets[0].layer.type",
    "net.nets[1].branches[0].layer.groups",
    "net.nets[1].branches[0].layer.bias",
    "net.nets[1].branches[1]",
    "net.nets[1].merge",
    "net.nets[2].net.kind",
    "net.nets[2].name",
  ]);
});

Deno.test("fromJSON() takes no name of JavaScript's own for a kind, a layer or a merge", () => {
  for (const word of ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"]) {
    assertEquals(onlyProblem(envelope({ kind: word })).path, "net.kind");
    assertEquals(onlyProblem(envelope(layer({ type: word }))).path, "net.layer.type");
    const fork = `{"netfold": 1, "net": {"kind": "fork", "merge": "${word}", "branches": []}}`;
    assertEquals(onlyProblem(fork).path, "net.merge");
    const field =
      `{"netfold": 1, "net": {"kind": "layer", "layer": {"type": "relu", "${word}": {}}}}`;
    assertEquals(onlyProblem(field).path, `net.layer.${word}`);
  }
  const inherited = '{"netfold": 1, "net": {"__proto__": {"kind": "chain", "nets": []}}}';
  assertEquals(onlyProblem(inherited).path, "net.kind");
  assertEquals(onlyProblem('{"__proto__": {"netfold": 1, "net": {}}}').path, "");
  assertEquals(({} as Record<string, unknown>)["kind"], undefined);
});

Deno.test("fromJSON() reports words that cannot be turned into text", () => {
  const odd = { toString: 1, valueOf: [] };
  assertEquals(onlyProblem(envelope({ kind: odd })).path, "net.kind");
  assertEquals(onlyProblem(envelope(layer({ type: odd }))).path, "net.layer.type");
  assertEquals(onlyProblem(envelope({ kind: "fork", merge: odd, branches: [] })).path, "net.merge");
});

function nested(levels: number): string {
  const inner = '{"kind":"layer","layer":{"type":"relu"}}';
  const before = '{"kind":"named","name":"a","numbering":"never","net":'.repeat(levels - 1);
  return `{"netfold":1,"net":${before}${inner}${"}".repeat(levels - 1)}}`;
}

Deno.test("fromJSON() reads 500 levels and refuses more", () => {
  assertEquals(fromJSON(nested(500))._tag, "Right");
  for (const levels of [501, 100_000]) {
    const problem = onlyProblem(nested(levels));
    assertEquals([problem.rule, problem.got, problem.wanted], [
      "the nesting is too deep",
      "501",
      "at most 500 levels",
    ]);
  }
});

Deno.test("fromJSON() refuses 100,000 levels wherever they stand", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  assert(problemsOf(deep).length > 0);
  assert(problemsOf(`{"netfold":1,"net":${deep}}`).length > 0);
  assert(problemsOf(`{"netfold":1,"net":{"kind":${deep}}}`).length > 0);
  assert(problemsOf(`{"netfold":1,"net":{"kind":"layer","layer":{"type":${deep}}}}`).length > 0);
  assert(problemsOf(`{"netfold":1,"net":{"kind":"layer","layer":${deep}}}`).length > 0);
  assert(problemsOf("[".repeat(1_000_000)).length > 0);
});

Deno.test("fromJSON() reads a chain of 200,000 layers and reports as many unknown fields", () => {
  const relus = Array.from({ length: 200_000 }, () => layer({ type: "relu" }));
  assertEquals(fromJSON(envelope({ kind: "chain", nets: relus }))._tag, "Right");
  const fields = Object.fromEntries(relus.map((_, i) => [`field${i}`, i]));
  assertEquals(problemsOf(envelope(layer({ type: "relu", ...fields }))).length, 200_000);
});

Deno.test("fromJSON() keeps what it shows of a wrong value short", () => {
  const long = "x".repeat(100_000);
  const { got, hint } = onlyProblem(envelope(layer({ type: long })));
  assert(got.length <= 60);
  assertStringIncludes(hint, "standard.with(");
});

Deno.test("fromJSON() gives problems that can be rendered", () => {
  const text = renderProblems(problemsOf(envelope(layer({ type: "conw" }))));
  assertStringIncludes(text, "net.layer.type (JSON): the layer is unknown");
  assertStringIncludes(text, 'got     "conw"');
  assertStringIncludes(text, 'hint    did you mean "conv"?');
});

/** Reading ends in a network that survives the way back, or in at least one problem. */
function isSound(text: string): boolean {
  const result = fromJSON(text);
  if (result._tag === "Left") return result.left.length > 0;
  return equal(orThrow(fromJSON(toJSON(result.right))), result.right);
}

Deno.test("fromJSON() never throws, whatever JSON value it gets", () => {
  fc.assert(fc.property(fc.json({ depthSize: "medium" }), isSound), { numRuns: 500 });
  const words = fc.constantFrom(
    "kind",
    "net",
    "nets",
    "layer",
    "type",
    "merge",
    "branches",
    "name",
  );
  const values = fc.constantFrom(
    "chain",
    "fork",
    "layer",
    "named",
    "conv",
    "relu",
    "add",
    "__proto__",
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      values,
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(words, tie("tree"), { maxKeys: 5 }),
      fc.array(tie("tree"), { maxLength: 4 }),
    ),
  }));
  fc.assert(fc.property(tree, (net) => isSound(envelope(net))), { numRuns: 500 });
});

/** The value with what stands at one of its places, counted in reading order, put in by `put`. */
function mutate(value: unknown, place: number, put: unknown): unknown {
  let left = place;
  const visit = (value: unknown): unknown => {
    if (left-- === 0) return put;
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) =>
        left-- === 0 ? [JSON.stringify(put), part] : [key, visit(part)]
      ),
    );
  };
  return visit(value);
}

Deno.test("fromJSON() never throws on a network's text with a value or a key exchanged", () => {
  const mutated = fc.tuple(validNetworks, fc.nat(200), fc.jsonValue({ maxDepth: 2 }))
    .map(([{ net }, place, put]) => JSON.stringify(mutate(JSON.parse(toJSON(net)), place, put)));
  fc.assert(fc.property(mutated, isSound), { numRuns: 300 });
});

Deno.test("fromJSON() never throws on a network's text with characters cut, put in or cut off", () => {
  const edited = fc.tuple(validNetworks, fc.nat(), fc.nat(5), fc.string({ maxLength: 5 }))
    .map(([{ net }, at, cut, put]) => {
      const text = toJSON(net);
      const i = at % text.length;
      return cut === 5 ? text.slice(0, i) : text.slice(0, i) + put + text.slice(i + cut);
    });
  fc.assert(fc.property(edited, isSound), { numRuns: 300 });
});

Deno.test("fromJSON() gives back the very same network", () => {
  const same = (net: Net) => equal(orThrow(fromJSON(toJSON(net))), net);
  fc.assert(fc.property(validNetworks, ({ net }) => same(net)), { numRuns: 200 });
});
