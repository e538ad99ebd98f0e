/** Random networks that fit nothing on purpose: any configuration, any names, any merges. */
import * as fc from "fast-check";
import { chain, fork, layer, type Merge, named, type Net, numbered } from "../mod.ts";
import { LAYERS, type LayerType } from "../layers/table.ts";

const sensible = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
  fc.constantFrom("same", "valid", "he-normal", true, false, 1e-5, 0.5),
  fc.record({
    ratio: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  }),
);

const senseless = fc.oneof(
  fc.constantFrom(0, -1, 0.5, NaN, Infinity, -Infinity, 1e308, 2 ** 53, null, undefined, ""),
  fc.constantFrom([0, 0], [3], [3, 3, 3], [-1, 2], [[1], [2]], { ratio: [1, 0] }, { ratio: 3 }, {}),
  fc.jsonValue(),
);

const field = fc.oneof({ arbitrary: sensible, weight: 6 }, { arbitrary: senseless, weight: 1 });

const types = Object.keys(LAYERS) as readonly LayerType[];

/** Layers whose fields have their names right and hold anything. */
export const anyLayers: fc.Arbitrary<Net> = fc.constantFrom(...types).chain((type) => {
  const fields = Object.keys(LAYERS[type].fields).map((name) => [name, field] as const);
  return fc.record(Object.fromEntries(fields))
    .map((configuration) => layer({ type, ...configuration }));
});

const names = fc.oneof(
  fc.constantFrom("a", "b", "conv1", "unit", "__proto__", "", "a.b", "1", "é"),
  fc.string(),
);

const merges = fc.constantFrom<Merge>(
  ...[
    "add",
    "subtract",
    "multiply",
    "maximum",
    "concat",
    "attend",
    "gate",
    "modulate",
    "spread",
    "match",
  ],
);

/** Networks of any form. */
export const anyNetworks: fc.Arbitrary<Net> = fc.letrec<{ net: Net }>((tie) => ({
  net: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    anyLayers,
    fc.array(tie("net"), { maxLength: 4 }).map((nets) => chain(...nets)),
    fc.tuple(merges, fc.array(tie("net"), { maxLength: 3 }))
      .map(([merge, branches]) => fork(merge, ...branches)),
    fc.tuple(names, tie("net")).map(([name, net]) => named(name, net)),
    fc.tuple(names, tie("net")).map(([name, net]) => numbered(name, net)),
  ),
})).net;

/** Shapes that an input may have, and shapes that none has. */
export const anyShapes: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.tuple(
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({
      min: 1,
      max: 6,
    }),
  ),
  fc.tuple(fc.integer({ min: 1, max: 9 })),
  fc.array(fc.oneof(fc.nat(9), fc.double()), { maxLength: 5 }),
);
