/** Long chains: no stack overflow, and work that grows with the length alone. */
import { assert, assertEquals } from "@std/assert";
import {
  cost,
  depth,
  inference,
  memoryUse,
  type Net,
  orThrow,
  params,
  type Plan,
  plan,
  receptiveFields,
  summarize,
  trainingNeeds,
} from "../../mod.ts";
import { renderSummary, summaryCsv, summaryMarkdown } from "../../dsl/interpreters/summary/mod.ts";
import { chainOf } from "../../dsl/net/net.ts";
import { batchNorm, conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";

/** A chain of `length` layers and a classifier. */
function longChain(length: number): Net {
  const layers = [conv("same", { kernel: 3 }), batchNorm(), relu()];
  return chainOf([
    ...Array.from({ length }, (_, i) => layers[i % layers.length] ?? relu()),
    globalAveragePool(),
    dense(10),
  ]);
}

const INPUT = [8, 8, 4];

Deno.test("a chain of 10,000 layers is planned, counted, summarised and made a program", () => {
  const planned = orThrow(plan(longChain(10_000), INPUT));
  const convolutions = 3_334;
  assertEquals(depth(planned), convolutions + 1);
  assertEquals(cost(planned).macs, convolutions * 64 * 144 + 40);
  assertEquals(params(planned).weights, convolutions * 144 + 50);
  assertEquals(receptiveFields(planned).get("conv3334"), [6669, 6669]);
  assertEquals(summarize(planned).layers.length, 10_002);
  assert(renderSummary(planned).split("\n").length > 10_000);
  assert(summaryCsv(planned).split("\n").length > 10_000);
  assert(summaryMarkdown(planned).split("\n").length > 10_000);
  assert(memoryUse(inference(planned, 1)).peak > 0);
});

Deno.test("a chain of 10,000 layers has a training step", () => {
  const planned = orThrow(plan(longChain(10_000), INPUT));
  const { cost: step } = trainingNeeds(planned, { batch: 1, optimizer: { kind: "sgd" } });
  assertEquals(step.forward.macs, cost(planned).macs);
});

/** A copy of plain data, not frozen, which counts how often it is looked at. */
function watched<T extends object>(value: T, count: () => void): T {
  const known = new WeakMap<object, object>();
  const watch = <A extends object>(value: A): A => {
    const seen = known.get(value) ?? new Proxy(value, {
      get: (target, key, receiver) => {
        count();
        const part: unknown = Reflect.get(target, key, receiver);
        return typeof part === "object" && part !== null ? watch(part) : part;
      },
    });
    known.set(value, seen);
    // A proxy has the type of its target, which WeakMap forgets.
    return seen as A;
  };
  return watch(thawed(value));
}

/** A copy in which everything can be written; values of a class keep it. */
function thawed<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(thawed) as T;
  const parts = Object.entries(value).map(([key, part]) => [key, thawed(part)]);
  // A copy with its parts copied has its original's type.
  return Object.assign(Object.create(Object.getPrototypeOf(value)), Object.fromEntries(parts)) as T;
}

/** How often some work looks at a planned chain of a length. */
function looks(length: number, work: (plan: Plan) => unknown): number {
  let count = 0;
  work(watched(orThrow(plan(longChain(length), INPUT)), () => count++));
  return count;
}

const FOLDS: Readonly<Record<string, (plan: Plan) => unknown>> = {
  params,
  cost,
  depth,
  receptiveFields,
  summarize: (plan) => summarize(plan),
  renderSummary: (plan) => renderSummary(plan),
  "renderSummary to a depth of 1": (plan) => renderSummary(plan, { depth: 1 }),
  summaryCsv: (plan) => summaryCsv(plan),
  summaryMarkdown: (plan) => summaryMarkdown(plan),
  inference: (plan) => inference(plan, 1),
};

for (const [name, work] of Object.entries(FOLDS)) {
  Deno.test(`${name} looks at a chain of twice the length twice as often`, () => {
    const [one, two] = [looks(300, work), looks(600, work)];
    assert(one > 300 && two <= 2.02 * one, `${one} and ${two}`);
  });
}

Deno.test("plan() looks at a chain of twice the length twice as often", () => {
  const looksOf = (length: number): number => {
    let count = 0;
    plan(watched(longChain(length), () => count++), INPUT);
    return count;
  };
  const [one, two] = [looksOf(300), looksOf(600)];
  assert(one > 300 && two <= 2.02 * one, `${one} and ${two}`);
});

Deno.test("plan() checks a frozen configuration once, however often it meets it", () => {
  let looks = 0;
  const configuration = Object.freeze({
    type: "conv",
    width: 4,
    kernel: Object.freeze([3, 3] as const),
    stride: Object.freeze([1, 1] as const),
    dilation: Object.freeze([1, 1] as const),
    groups: 1,
    padding: "same",
    bias: false,
    get initializer() {
      looks++;
      return "he-normal" as const;
    },
  });
  const net: Net = { kind: "layer", layer: configuration };
  const looksOf = (): number => {
    const before = looks;
    orThrow(plan(net, INPUT));
    return looks - before;
  };
  const first = looksOf();
  const second = looksOf();
  assert(second < first, `${first}, then ${second}`);
  assertEquals(looksOf(), second);
});
