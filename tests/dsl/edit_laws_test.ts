/** Laws of editing over random networks. */
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  cutHead,
  equal,
  find,
  freeze,
  fromJSON,
  identity,
  insertAfter,
  insertBefore,
  mapLayers,
  named,
  type Net,
  orThrow,
  params,
  paths,
  type Plan,
  plan,
  remove,
  replace,
  shared,
  toJSON,
  unfreeze,
  withClasses,
} from "../../mod.ts";
import { show } from "../../dsl/problem/show.ts";
import { relu } from "../../layers/mod.ts";
import { classifiers, type Sample, validNetworks } from "../_arbitraries.ts";

/** Every path of a plan. */
function plannedPaths(plan: Plan): readonly string[] {
  switch (plan.kind) {
    case "layer":
      return [plan.path];
    case "chain":
      return plan.parts.flatMap(plannedPaths);
    case "fork":
      return [plan.path, ...plan.branches.flatMap(plannedPaths)];
    case "named":
      return [plan.path, ...plannedPaths(plan.body)];
  }
}

/** A random network and one of its paths. */
const places: fc.Arbitrary<Sample & { readonly path: string }> = fc
  .tuple(validNetworks, fc.nat())
  .map(([sample, n]) => {
    const all = ["", ...paths(sample.net)];
    return { ...sample, path: all[n % all.length] ?? "" };
  });

/** The paths that a person named. */
function namedPaths(plan: Plan): readonly string[] {
  switch (plan.kind) {
    case "layer":
      return [];
    case "chain":
      return plan.parts.flatMap(namedPaths);
    case "fork":
      return plan.branches.flatMap(namedPaths);
    case "named":
      return [plan.path, ...namedPaths(plan.body)];
  }
}

Deno.test("paths() are the paths of the plan", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    assertEquals(paths(net), [...new Set(plannedPaths(orThrow(plan(net, input))))]);
  }));
});

Deno.test("putting back what was found changes nothing", () => {
  fc.assert(fc.property(places, ({ net, path }) => {
    assert(equal(orThrow(replace(net, path, orThrow(find(net, path)))), net));
  }));
});

Deno.test("under a name is found what was put there, and the last of two replacements wins", () => {
  fc.assert(fc.property(validNetworks, validNetworks, ({ net, input }, { net: part }) => {
    for (const path of ["", ...namedPaths(orThrow(plan(net, input)))]) {
      const replaced = orThrow(replace(net, path, part));
      assert(equal(orThrow(find(replaced, path)), part));
      const twice = orThrow(replace(replaced, path, relu()));
      assert(equal(twice, orThrow(replace(net, path, relu()))));
    }
  }));
});

Deno.test("inserting the identity changes nothing", () => {
  fc.assert(fc.property(places, ({ net, path }) => {
    for (const insert of [insertBefore, insertAfter]) {
      assert(equal(orThrow(insert(net, path, identity)), net));
    }
  }));
});

Deno.test("a part that was inserted, at each place of a shared one, can be removed again", () => {
  fc.assert(fc.property(places, ({ net, input, path }) => {
    const scope = path.slice(0, path.lastIndexOf(".") + 1);
    for (const insert of [insertBefore, insertAfter]) {
      for (const part of [named("inserted", relu()), shared("inserted", relu())]) {
        const inserted = orThrow(insert(net, path, part));
        // At several places a part that is not shared is refused by its name.
        const planned = plan(inserted, input);
        if (planned._tag === "Left") {
          assert(planned.left.every(({ code }) => code === "duplicate-name"), show(planned.left));
        } else assert(equal(orThrow(remove(inserted, `${scope}inserted`)), net));
      }
    }
  }));
});

Deno.test("mapLayers() with nothing to change gives the very same value, and maps compose", () => {
  fc.assert(fc.property(validNetworks, ({ net }) => {
    assertStrictEquals(mapLayers(net, (part) => part), net);
    const once = (part: Net): Net =>
      part.kind === "layer" && part.layer.type === "sigmoid" ? relu() : part;
    const twice = mapLayers(mapLayers(net, once), once);
    assert(equal(twice, mapLayers(net, once)));
  }));
});

Deno.test("an edit leaves the network that it was given alone", () => {
  fc.assert(fc.property(places, ({ net, path }) => {
    const before = toJSON(net);
    orThrow(replace(net, path, relu()));
    orThrow(remove(net, path));
    orThrow(freeze(net, path));
    assertEquals(toJSON(net), before);
  }));
});

Deno.test("withClasses() gives as many logits, and the last of two wins", () => {
  fc.assert(fc.property(classifiers, fc.integer({ min: 1, max: 9 }), ({ net, input }, classes) => {
    const edited = orThrow(withClasses(net, classes));
    assertEquals(orThrow(plan(edited, input)).output, [classes]);
    assert(equal(orThrow(withClasses(orThrow(withClasses(net, classes + 1)), classes)), edited));
  }));
});

Deno.test("what cutHead() leaves has no head, and gives a map", () => {
  fc.assert(fc.property(classifiers, ({ net, input }) => {
    const cut = cutHead(net);
    assertEquals(cut._tag, input.length === 3 ? "Right" : cut._tag);
    if (cut._tag === "Left" || input.length === 1) return;
    assertEquals(orThrow(plan(cut.right, input)).output.length, 3);
    assertEquals(cutHead(cut.right)._tag, "Left");
  }));
});

Deno.test("freezing is idempotent, is undone by unfreezing, and survives the way through text", () => {
  fc.assert(fc.property(places, ({ net, path }) => {
    const frozen = orThrow(freeze(net, path));
    assertStrictEquals(orThrow(freeze(frozen, path)), frozen);
    assert(equal(orThrow(unfreeze(frozen, path)), net));
    assert(equal(orThrow(unfreeze(frozen)), net));
    assert(equal(orThrow(fromJSON(toJSON(frozen))), frozen));
  }));
});

Deno.test("freezing changes what is trained, and nothing else that is counted", () => {
  fc.assert(fc.property(places, ({ net, input, path }) => {
    const [before, after] = [net, orThrow(freeze(net, path))]
      .map((each) => params(orThrow(plan(each, input))));
    assertEquals(after?.total, before?.total);
    assertEquals(after?.weights, before?.weights);
    assert((after?.trainable ?? NaN) <= (before?.trainable ?? NaN));
    assertEquals(params(orThrow(plan(orThrow(freeze(net)), input))).trainable, 0);
  }));
});
