/** Laws of the summary over random networks: totals are sums of leaves, in every column and format. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  type ConventionName,
  countOperations,
  orThrow,
  plan,
  receptiveFields,
  summarize,
  type SummaryColumn,
} from "../../mod.ts";
import {
  renderSummary,
  SUMMARY_COLUMNS,
  summaryCsv,
  summaryMarkdown,
} from "../../dsl/interpreters/summary/mod.ts";
import { CONVENTION_NAMES } from "../../dsl/interpreters/counts/convention.ts";
import { type SummaryNode, summaryTree } from "../../dsl/interpreters/summary/summary.ts";
import { validNetworks } from "../_arbitraries.ts";

const plans = validNetworks.map(({ net, input }) => orThrow(plan(net, input)));
const conventions = fc.constantFrom<ConventionName>(...CONVENTION_NAMES);
const columns = fc.uniqueArray(fc.constantFrom<SummaryColumn>(...SUMMARY_COLUMNS), {
  minLength: 1,
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

Deno.test("totals are sums over the layers in every column, by every convention", () => {
  fc.assert(fc.property(plans, conventions, (planned, convention) => {
    const { layers, ...whole } = summarize(planned, "sample", { convention });
    const total = (of: (layer: typeof layers[number]) => number) => sum(layers.map(of));
    assertEquals(total(({ params }) => params), whole.params.total);
    assertEquals(total(({ trainable }) => trainable), whole.params.trainable);
    assertEquals(total(({ macs }) => macs), whole.macs);
    assertEquals(total(({ flops }) => flops), whole.flops);
    assertEquals(total(({ count }) => count), whole.count);
    assertEquals(total(({ activations }) => activations), whole.bytes.activations);
    assertEquals(whole.count, countOperations(planned, convention));
    assertEquals(whole.bytes.parameters, 4 * whole.params.total);
  }));
});

Deno.test("every group of the tree is the sum of what it holds, in every column", () => {
  const check = (node: SummaryNode): void => {
    if (node.children.length === 0) return;
    for (
      const of of [
        ({ params }) => params.total,
        ({ params }) => params.trainable,
        ({ params }) => params.weights,
        ({ cost }) => cost.macs,
        ({ cost }) => cost.flops,
        ({ count }) => count,
        ({ activations }) => activations,
      ] satisfies ((node: SummaryNode) => number)[]
    ) assertEquals(sum(node.children.map(of)), of(node), node.path);
    node.children.forEach(check);
  };
  fc.assert(fc.property(plans, conventions, (planned, convention) => {
    summaryTree(planned, convention).forEach(check);
  }));
});

Deno.test("CSV's columns add up to the network's totals at any depth", () => {
  const depths = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Infinity));
  fc.assert(fc.property(plans, depths, conventions, (planned, depth, convention) => {
    const { params, macs, flops, count, bytes } = summarize(planned, "sample", { convention });
    const text = summaryCsv(planned, {
      depth,
      convention,
      columns: ["params", "trainable", "macs", "flops", "count", "memory"],
    });
    const rows = text.trimEnd().split("\n").slice(1).map((line) => line.split(","));
    assertEquals(
      [1, 2, 3, 4, 5, 6].map((i) => sum(rows.map((row) => Number(row[i])))),
      [params.total, params.trainable, macs, flops, count, bytes.activations],
    );
  }));
});

Deno.test("every column can be printed for any network, in every format", () => {
  fc.assert(fc.property(plans, columns, conventions, (planned, columns, convention) => {
    const options = { columns, convention, depth: Infinity };
    const text = renderSummary(planned, options);
    const csv = summaryCsv(planned, options).trimEnd().split("\n");
    assert(csv.every((line) => line.split(",").length === columns.length + 1));
    const table = summaryMarkdown(planned, options).split("\n")
      .filter((line) => line.startsWith("|"));
    assert(table.every((line) => line.split(" | ").length === columns.length + 1));
    assertEquals(new Set(table.map(({ length }) => length)).size, 1);
    assert(text.includes("NaN") === false && csv.join().includes("NaN") === false);
  }));
});

Deno.test("text keeps to its width, however deep and long the names are", () => {
  const widths = fc.integer({ min: 60, max: 160 });
  fc.assert(fc.property(plans, widths, conventions, (planned, width, convention) => {
    const text = renderSummary(planned, { width, convention, depth: Infinity });
    const [heading = "", ...lines] = text.split("\n");
    assert(heading.length > 0);
    for (const line of lines) assert(line.length <= width, `${line.length} > ${width}: ${line}`);
  }));
});

Deno.test("no receptive field is smaller than that of what went in before it in a chain", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    if (net.kind !== "chain") return;
    const planned = orThrow(plan(net, input));
    const fields = receptiveFields(planned);
    if (planned.kind !== "chain" || input.length !== 3) return;
    const along = planned.parts.flatMap((part) =>
      part.kind === "layer" ? [fields.get(part.path) ?? [0, 0]] : []
    );
    along.reduce((before, field) => {
      assert((field[0] ?? 0) >= (before[0] ?? 0) && (field[1] ?? 0) >= (before[1] ?? 0));
      return field;
    }, [1, 1]);
  }));
});
