/** The zoo: what it holds by name, and what it says of names that it does not hold. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { equal, orThrow, plan } from "../../mod.ts";
import { network, ZOO_NAMES } from "../../nets/mod.ts";
import { onlyProblem } from "../_problems.ts";

const classesOf = (name: string) => name.startsWith("cifar/") ? 10 : 1000;

Deno.test("every network of the zoo plans for its input and ends in its classes", () => {
  for (const name of ZOO_NAMES) {
    const { net, input } = orThrow(network(name));
    assertEquals(orThrow(plan(net, input)).output, [classesOf(name)]);
    const other = orThrow(network(name, { classes: 17 })).net;
    assertEquals(orThrow(plan(other, input)).output, [17]);
  }
});

Deno.test("every network of the zoo takes larger inputs and odd ones", () => {
  for (const name of ZOO_NAMES) {
    const input = name.startsWith("cifar/") ? [45, 37, 3] : [321, 267, 3];
    const found = orThrow(network(name, { input }));
    assertEquals(found.input, input);
    assertEquals(orThrow(plan(found.net, input)).output, [classesOf(name)], name);
  }
});

Deno.test("ImageNet networks are made for 224x224, Inception-ResNets for 299x299", () => {
  for (const name of ZOO_NAMES.filter((name) => name.startsWith("imagenet/"))) {
    const size = name.includes("inception-resnet") ? 299 : 224;
    assertEquals(orThrow(network(name)).input, [size, size, 3]);
  }
});

Deno.test("a network of the zoo is the same value every time", () => {
  for (const name of ZOO_NAMES) {
    assert(equal(orThrow(network(name)).net, orThrow(network(name)).net), name);
  }
});

Deno.test("the zoo has the family in the sizes of the paper, some for processors, and the others", () => {
  const family = [8, "8-wide", 20, 56, 92, 128, 164, 236, 452].map((n) => `cifar/attention-${n}`);
  const names = ZOO_NAMES.filter((name) => name.startsWith("cifar/attention-"));
  assertEquals(names, family);
  const imagenet = ["attention-56", "attention-92", "attentionnext-56", "attentionnext-92"];
  for (const name of [...imagenet, "attentioninception-56", "resnet-200", "vgg-16"]) {
    assert(ZOO_NAMES.includes(`imagenet/${name}`), name);
  }
  for (const name of ["resnet-164", "resnet-1001", "wrn-16-8", "wrn-28-10", "plain"]) {
    assert(ZOO_NAMES.includes(`cifar/${name}`), name);
  }
});

Deno.test("network() knows what was probably meant by an unknown name", () => {
  const problem = onlyProblem(network("cifar/atention-92"));
  assertEquals([problem.layer, problem.got, problem.hint], [
    "network",
    '"cifar/atention-92"',
    'did you mean "cifar/attention-92"?',
  ]);
  assertStringIncludes(problem.wanted, "such as cifar/attention-8");
  const other = onlyProblem(network("imagenet/resnext-101"));
  assertEquals(other.hint, 'did you mean "imagenet/resnet-101"?');
  assertEquals(network("__proto__")._tag, "Left");
  assertEquals(network("constructor")._tag, "Left");
});
