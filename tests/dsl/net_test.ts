/** Networks as values: combinators, their laws, equality, immutability. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import { assert, assertEquals, assertFalse, assertNotEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  arl,
  chain,
  type ChainNet,
  channel,
  equal,
  fork,
  fromJSON,
  hourglass,
  identity,
  labelled,
  localMask,
  mask,
  matchSize,
  mixed,
  nal,
  named,
  type Net,
  numbered,
  orThrow,
  preactivation,
  ratio,
  repeat,
  residual,
  spatial,
  stage,
  toJSON,
} from "../../mod.ts";
import { conv, l2Normalize, maxPool, relu, sigmoid, standardize } from "../../layers/mod.ts";
import { attention56 } from "../../nets/mod.ts";
import { validNetworks } from "../_arbitraries.ts";

const nets = validNetworks.map(({ net }) => net);

Deno.test("chain() is associative and has the identity on both sides", () => {
  fc.assert(fc.property(nets, nets, nets, (a, b, c) => {
    assertEquals(chain(chain(a, b), c), chain(a, chain(b, c)));
    assertEquals(chain(chain(a, b), c), chain(a, b, c));
    assertEquals(chain(a, identity), a);
    assertEquals(chain(identity, a), a);
  }));
  assertEquals(chain(), identity);
});

Deno.test("repeat() adds up: n times and m times are n + m times", () => {
  fc.assert(fc.property(nets, fc.nat(4), fc.nat(4), (net, n, m) => {
    assertEquals(chain(repeat(n, net), repeat(m, net)), repeat(n + m, net));
  }));
  assertEquals(repeat(0, relu()), identity);
  assertEquals(repeat(1, relu()), relu());
});

Deno.test("repeat() throws when its count is not a whole number of at least 0", () => {
  for (const times of [-1, 0.5, NaN, Infinity]) {
    assertThrows(() => repeat(times, relu()), ProblemError, `${times}`);
  }
});

Deno.test("hourglass() throws when depth or r make no hourglass", () => {
  for (const depth of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => hourglass({ depth }), ProblemError, `${depth}`);
  }
  for (const r of [-1, 0.5, NaN]) {
    assertThrows(() => hourglass({ depth: 1, r }), ProblemError, `${r}`);
    assertThrows(() => hourglass({ depth: 3, r }), ProblemError, `${r}`);
  }
});

Deno.test("residual, matchSize, arl and nal are forks", () => {
  const body = conv(4);
  assertEquals(residual(body), fork("add", identity, body));
  assertEquals(residual(body, relu()), fork("add", relu(), body));
  assertEquals(matchSize(body), fork("match", identity, body));
  const [trunk, soft] = [labelled("trunk", body), labelled("mask", relu())];
  assertEquals(arl(body, relu()), fork("attend", trunk, soft));
  assertEquals(nal(body, relu()), fork("gate", trunk, soft));
});

Deno.test("the three attention activations are the paper's f1, f2 and f3", () => {
  assertEquals(mixed, sigmoid());
  assertEquals(channel, l2Normalize({ epsilon: 1e-6 }));
  assertEquals(spatial, chain(standardize({ epsilon: 1e-5 }), sigmoid()));
});

Deno.test("stage() takes the same mask as mask(hourglass) or localMask make", () => {
  const unit = preactivation();
  const options = { activation: spatial, depth: 2 };
  assertEquals(
    stage(1, 2, 3, options),
    numbered(
      "module",
      chain(
        unit,
        arl(repeat(2, unit), mask(hourglass({ depth: 2, r: 3, unit }), { activation: spatial })),
        unit,
      ),
    ),
  );
  assertEquals(
    stage(0, 1, 1, { mask: "local", learning: "nal" }),
    numbered("module", nal(unit, localMask())),
  );
});

Deno.test("equal() compares values, not objects, and not the order of fields", () => {
  assert(equal(attention56(), attention56()));
  assertFalse(equal(attention56(), attention56({ classes: 11 })));
  assertFalse(equal(conv(4), conv(4, { stride: [1, 2] })));
  assertFalse(equal(named("a", relu()), numbered("a", relu())));
  assertFalse(equal(chain(relu(), relu()), fork("add", relu(), relu())));
  const turned = JSON.parse(
    toJSON(conv(ratio(1, 2))),
    (_, value) =>
      typeof value === "object" && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).reverse())
        : value,
  );
  assert(equal(orThrow(fromJSON(JSON.stringify(turned))), conv(ratio(1, 2))));
});

Deno.test("equal() is an equivalence that agrees with the text", () => {
  fc.assert(fc.property(nets, nets, (a, b) => {
    assert(equal(a, a));
    assertEquals(equal(a, b), equal(b, a));
    assertEquals(equal(a, b), toJSON(a) === toJSON(b));
  }));
});

function isFrozenDeep(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenDeep);
}

Deno.test("networks cannot be changed, however deep", () => {
  assert(isFrozenDeep(attention56()));
  assert(isFrozenDeep(orThrow(fromJSON(toJSON(attention56())))));
  assert(isFrozenDeep(conv(ratio(1, 4), { kernel: [1, 3], padding: [0, 1, 2, 3] })));
  fc.assert(fc.property(nets, isFrozenDeep));
  const net = chain(relu(), conv(8)) as { nets: Net[] } & ChainNet;
  assertThrows(() => net.nets.push(relu()), TypeError);
});

Deno.test("networks keep copies: what they were made of stays its owner's", () => {
  const kernel: [number, number] = [3, 3];
  const stride: [number, number] = [2, 2];
  const branches = [relu(), identity];
  const [net, pool, forked] = [
    conv(8, { kernel }),
    maxPool(3, { stride }),
    fork("add", ...branches),
  ];
  const before = [net, pool, forked].map((net) => toJSON(net));
  kernel[0] = 5;
  stride[1] = 7;
  branches.pop();
  assertEquals([net, pool, forked].map((net) => toJSON(net)), before);
  assertNotEquals(toJSON(conv(8, { kernel })), before[0]);
});
