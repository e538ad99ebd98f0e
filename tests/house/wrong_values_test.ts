/**
 * Combinators and readings called from plain JavaScript with what they do not take: a problem, and
 * neither an accident within nor a silent success.
 */
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as netfold from "../../mod.ts";
import { ProblemError } from "../../dsl/problem/throw.ts";

const NETS = [
  "chain",
  "residual",
  "matchSize",
] as const;

const READINGS = [
  "cost",
  "depth",
  "diagramOf",
  "foldPlan",
  "leaves",
  "params",
  "parametersOf",
] as const;

/** Anything but a network or a plan, those of unknown kinds and networks unplanned among it. */
const wrong = fc.oneof(
  fc.anything(),
  fc.record({ kind: fc.string() }),
  fc.constantFrom(undefined, null, 3, "conv", [], {}, new Float32Array(3), () => 3),
);

const exported: ReadonlyMap<string, unknown> = new Map(Object.entries(netfold));

/** Calls a function as plain JavaScript does. */
function call(name: string, ...args: readonly unknown[]): unknown {
  const called = exported.get(name);
  if (typeof called !== "function") throw new Error(`${name} is no function`);
  return Reflect.apply(called, undefined, [...args]);
}

function assertArgument(work: () => unknown): void {
  const { problems }: ProblemError = assertThrows(work, ProblemError);
  assertEquals(problems.map(({ code }) => code), ["invalid-argument"]);
}

for (const name of NETS) {
  Deno.test(`${name}() of what is no network is a problem`, () => {
    // An argument that is left out is another matter: an empty chain is the identity.
    fc.assert(fc.property(wrong, (value) => assertArgument(() => call(name, value))));
  });
}

Deno.test("fork() and names of what is no network are a problem", () => {
  fc.assert(fc.property(wrong, (value) => {
    assertArgument(() => call("fork", "add", value));
    assertArgument(() => call("repeat", 2, value));
    for (const name of ["named", "numbered", "labelled"] as const) {
      assertArgument(() => call(name, "part", value));
    }
  }));
});

for (const name of READINGS) {
  Deno.test(`${name}() of what is no plan is a problem`, () => {
    fc.assert(fc.property(wrong, (value) => assertArgument(() => call(name, value))));
    assertArgument(() => call(name));
    assertArgument(() => call(name, netfold.identity));
  });
}
