/** Edits of every network of the zoo: none is built so that an edit misses its place. */
import { assert, assertEquals } from "@std/assert";
import {
  attend,
  chain,
  cutHead,
  equal,
  freeze,
  orThrow,
  params,
  plan,
  unfreeze,
  withClasses,
} from "../../mod.ts";
import { conv } from "../../layers/mod.ts";
import { network, ZOO_NAMES } from "../../nets/mod.ts";

// The longest one repeats what shorter ones have.
const names = ZOO_NAMES.filter((name) => name !== "cifar/resnet-1001");

Deno.test("withClasses() makes of each network of the zoo the one with other classes", () => {
  for (const name of names) {
    const { net } = orThrow(network(name));
    assert(equal(orThrow(withClasses(net, 7)), orThrow(network(name, { classes: 7 })).net), name);
  }
});

Deno.test("cutHead() leaves each network of the zoo its last map", () => {
  for (const name of names) {
    const { net, input } = orThrow(network(name));
    const features = orThrow(plan(orThrow(cutHead(net)), input));
    assertEquals(features.output.length, 3, name);
    const whole = params(orThrow(plan(net, input)));
    assert(params(features).total < whole.total, name);
  }
});

Deno.test("attend() fits before the head of each network of the zoo", () => {
  for (const name of names) {
    const { net, input } = orThrow(network(name));
    const attended = orThrow(attend(net, { depth: 1, r: 1, unit: chain(conv("same")) }));
    assertEquals(orThrow(plan(attended, input)).output, orThrow(plan(net, input)).output, name);
  }
});

Deno.test("each network of the zoo can be frozen but for its classifier", () => {
  for (const name of names) {
    const { net, input } = orThrow(network(name));
    const frozen = orThrow(freeze(net));
    assertEquals(params(orThrow(plan(frozen, input))).trainable, 0, name);
    const head = orThrow(unfreeze(frozen, "classifier"));
    const { trainable } = params(orThrow(plan(head, input)));
    const classes = orThrow(plan(net, input)).output[0] ?? NaN;
    assertEquals(trainable % classes, 0, name);
    assert(trainable > 0, name);
  }
});
