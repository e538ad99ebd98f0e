/** Editing networks as values: parts by their paths, and the changes made at them. */
import { assert, assertEquals, assertStrictEquals, assertStringIncludes } from "@std/assert";
import {
  arl,
  chain,
  cutHead,
  equal,
  find,
  identity,
  insertAfter,
  insertBefore,
  layer,
  localMask,
  mapLayers,
  named,
  orThrow,
  parametersOf,
  paths,
  plan,
  preactivation,
  remove,
  renderProblems,
  repeat,
  replace,
  residual,
  withClasses,
} from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  maxPool,
  relu,
  sigmoid,
  softmax,
} from "../../layers/mod.ts";
import { attention20, attention56 } from "../../nets/mod.ts";
import { onlyProblem } from "../_problems.ts";

const unit = preactivation();

Deno.test("paths() names parts, forks and layers in the order of planning", () => {
  const net = chain(
    named("stem", conv(8)),
    repeat(2, residual(chain(conv(8), relu()))),
    named("body", repeat(2, unit)),
  );
  assertEquals(paths(net).filter((path) => !path.startsWith("body.unit")), [
    "stem",
    "add1",
    "conv1",
    "relu1",
    "add2",
    "conv2",
    "relu2",
    "body",
  ]);
  assert(paths(net).includes("body.unit2.conv3"));
});

Deno.test("find() gives a part without its name, a layer, a fork, or the whole", () => {
  const module = arl(repeat(2, unit), localMask());
  const net = chain(named("stem", conv(8)), named("module", module), relu());
  assertStrictEquals(orThrow(find(net, "")), net);
  assertStrictEquals(orThrow(find(net, "module")), module);
  assertStrictEquals(orThrow(find(net, "module.attend1")), module);
  assertEquals(orThrow(find(net, "stem")), conv(8));
  assertEquals(orThrow(find(net, "relu1")), relu());
  assertEquals(orThrow(find(net, "module.trunk.unit2")).kind, "fork");
});

Deno.test("an unknown path says what stands nearby and what was probably meant", () => {
  const net = attention56();
  const misspelt = onlyProblem(find(net, "stage1.modul1.trunk"));
  assertEquals(misspelt.path, "stage1.modul1.trunk");
  assertEquals(misspelt.wanted, 'a part that exists; "stage1" holds unit1, module1');
  assertEquals(misspelt.hint, 'did you mean "stage1.module1.trunk"?');
  const deeper = onlyProblem(find(net, "stem.kernel"));
  assertEquals(deeper.wanted, 'a part that exists; "stem" holds none of its own');
  const far = onlyProblem(find(net, "qqqqqqqq"));
  assertEquals(far.hint, "paths(net) lists them all");
  assertStringIncludes(far.wanted, "the network holds stem, stage1");
  const many = onlyProblem(find(repeat(40, relu()), "conv1"));
  assertStringIncludes(many.wanted, "and 28 more");
  for (const path of ["stage1.", ".", "stage1..unit1", " stem"]) {
    assertEquals(onlyProblem(replace(net, path, identity)).path, path);
  }
});

Deno.test("replace() keeps the name, and every weight outside keeps its path", () => {
  const net = attention56();
  const path = "stage2.module1.mask";
  const edited = orThrow(replace(net, path, localMask()));
  assert(equal(orThrow(find(edited, path)), localMask()));
  const outside = (of: typeof net) =>
    parametersOf(orThrow(plan(of, [32, 32, 3]))).map((parameter) => parameter.path)
      .filter((name) => !name.startsWith(`${path}.`));
  assertEquals(outside(edited), outside(net));
  assert(equal(net, attention56()), "the network that was edited is as it was");
});

Deno.test("replace() of the empty path is the new network", () => {
  assertStrictEquals(orThrow(replace(attention20(), "", unit)), unit);
  const whole = named("whole", conv(3));
  assertStrictEquals(orThrow(replace(whole, "", unit)), unit);
});

Deno.test("remove() closes the chain, and leaves the identity in a branch", () => {
  const net = chain(conv(8), dropout(0.5), dropout(0.2), relu());
  assert(equal(orThrow(remove(net, "dropout2")), chain(conv(8), dropout(0.5), relu())));
  const projected = residual(conv(8), named("projection", conv(8)));
  assert(equal(orThrow(remove(projected, "projection")), residual(conv(8))));
  assert(equal(orThrow(remove(named("all", conv(8)), "all")), identity));
});

Deno.test("insertBefore() and insertAfter() put a part on the branch of the one that is there", () => {
  const net = residual(chain(conv(8), relu()), named("shortcut", conv(8)));
  const before = orThrow(insertBefore(net, "shortcut", relu()));
  assert(
    equal(before, residual(chain(conv(8), relu()), chain(relu(), named("shortcut", conv(8))))),
  );
  const after = orThrow(insertAfter(net, "relu1", batchNorm()));
  assert(equal(after, residual(chain(conv(8), relu(), batchNorm()), named("shortcut", conv(8)))));
  assert(equal(orThrow(insertAfter(conv(8), "", relu())), chain(conv(8), relu())));
});

Deno.test("mapLayers() gives each layer with its path, and takes any network for it", () => {
  const net = chain(named("stem", conv(8)), residual(chain(conv(8), relu())));
  const seen: string[] = [];
  const edited = mapLayers(net, (part, path) => {
    seen.push(path);
    return part.layer.type === "relu" ? chain(batchNorm(), sigmoid()) : part;
  });
  assertEquals(seen, ["stem", "conv1", "relu1"]);
  const body = chain(conv(8), batchNorm(), sigmoid());
  assert(equal(edited, chain(named("stem", conv(8)), residual(body))));
});

Deno.test("edits of one path in a repeated part leave the other copies alone", () => {
  const net = named("body", repeat(3, unit));
  const edited = orThrow(replace(net, "body.unit2", identity));
  assert(equal(orThrow(find(edited, "body.unit1")), orThrow(find(net, "body.unit1"))));
  assert(equal(orThrow(find(edited, "body.unit3")), orThrow(find(net, "body.unit3"))));
  assert(equal(orThrow(find(edited, "body.unit2")), identity));
});

Deno.test("cutHead() ends where the map becomes a vector, wherever the head is named", () => {
  const body = chain(conv(8), relu());
  const head = chain(globalAveragePool(), dense(10));
  assert(equal(orThrow(cutHead(chain(body, head))), body));
  assert(equal(orThrow(cutHead(chain(body, named("head", head)))), body));
  const mixed = named("head", chain(batchNorm(), head));
  assert(equal(orThrow(cutHead(chain(body, mixed))), chain(body, named("head", batchNorm()))));
  const vgg = chain(conv(8), maxPool(2), flatten(), dense(16), relu(), dropout(0.5), dense(10));
  assert(equal(orThrow(cutHead(vgg)), chain(conv(8), maxPool(2))));
});

Deno.test("cutHead() does not take pooling within a branch for the head", () => {
  const squeeze = residual(chain(globalAveragePool(), dense(8)));
  const problem = onlyProblem(cutHead(chain(conv(8), squeeze)));
  assertEquals(problem.rule, "the network has no head to cut");
  assertStringIncludes(problem.hint, "remove()");
});

Deno.test("withClasses() widens the last dense layer, or the convolution before pooling", () => {
  assert(equal(orThrow(withClasses(attention20(), 7)), attention20({ classes: 7 })));
  const dropped = chain(conv(8), globalAveragePool(), dense(10), softmax());
  assert(
    equal(
      orThrow(withClasses(dropped, 3)),
      chain(conv(8), globalAveragePool(), dense(3), softmax()),
    ),
  );
  const convolutional = (classes: number) =>
    chain(conv(8), relu(), named("classifier", conv(classes, { bias: true })), globalAveragePool());
  assert(equal(orThrow(withClasses(convolutional(10), 4)), convolutional(4)));
});

Deno.test("withClasses() refuses what has no classifier, and classes that are none", () => {
  const features = [orThrow(cutHead(attention20())), chain(conv(8), relu()), identity];
  for (const net of features) {
    assertEquals(onlyProblem(withClasses(net, 5)).rule, "the network must end in a classifier");
  }
  for (const classes of [0, -1, 2.5, NaN, Infinity]) {
    const problem = onlyProblem(withClasses(attention20(), classes));
    assertEquals(problem.got, `${classes}`);
  }
});

Deno.test("an edited network that does not fit is the plan's to refuse, with paths", () => {
  const net = orThrow(replace(attention20(), "stage2.module1.mask", conv(3)));
  const refused = plan(net, [32, 32, 3]);
  assertEquals(refused._tag, "Left");
  if (refused._tag === "Left") {
    assertStringIncludes(renderProblems(refused.left), "stage2.module1.attend1");
  }
});

Deno.test("layer() of a configuration is a part like any other", () => {
  const net = chain(layer({ type: "relu" }), conv(2));
  assert(equal(orThrow(find(net, "relu1")), relu()));
});
