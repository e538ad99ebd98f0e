/** A user's layer and merge, which say nothing of any reading, in the readings of networks. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { conv } from "../../layers/mod.ts";
import {
  chain,
  countOperations,
  diagram,
  diff,
  fork,
  layer,
  orThrow,
  plan,
  pointwise,
  ProblemError,
  receptiveFields,
  rule,
  standard,
} from "../../mod.ts";
import { renderDiff } from "../../dsl/interpreters/diff/mod.ts";
import { renderSummary, summaryCsv } from "../../dsl/interpreters/summary/mod.ts";
import { torchModule } from "../../layers/bound/torch.ts";

interface Louder {
  readonly type: "louder";
  readonly by: number;
}

const { shape, cost } = pointwise(1);
const louderRule = rule<Louder>({
  shape,
  cost,
  type: "louder",
  label: "louder",
  fields: { by: { wanted: "a number", is: (value) => typeof value === "number" } },
  lower: ({ by }, { graph, input }) => graph.apply({ op: "scale", by }, [input]),
});
const language = standard.with(louderRule);
const louder = (by: number) => layer<Louder>({ type: "louder", by });
const net = (by: number) => chain(conv(8, { kernel: 3 }), fork("add", louder(by), chain()));
const planned = (by: number) => orThrow(plan(net(by), [8, 8, 3], { language }));

Deno.test("summaries show a user's layer with its type and what it costs", () => {
  assertStringIncludes(renderSummary(planned(2)), "louder1");
  assertStringIncludes(
    summaryCsv(planned(2), { columns: ["type", "flops"] }),
    "louder1,louder,512",
  );
});

Deno.test("diagrams draw a user's layer as a box of its own", () => {
  assertStringIncludes(diagram(planned(2)), "louder");
  assertStringIncludes(diagram(planned(2), { format: "dot" }), '"louder1"');
});

Deno.test("comparisons tell the fields of a user's layer that differ", () => {
  const { differences } = diff(planned(2), planned(3));
  assertEquals(differences.map(({ kind }) => kind), ["changed"]);
  assertStringIncludes(renderDiff(diff(planned(2), planned(3))), "louder: by 2 to 3");
});

Deno.test("a reading that needs more of a user's layer is a problem that names it", () => {
  const source = torchModule(net(2), [8, 8, 3], { language });
  if (source._tag === "Right") throw new Error("a layer without PyTorch code became PyTorch");
  assertEquals(source.left.map(({ path, layer }) => [path, layer]), [["louder1", "louder"]]);
  const failure: ProblemError = assertThrows(
    () => countOperations(planned(2), "fvcore"),
    ProblemError,
  );
  assertEquals(failure.problems.map(({ path, layer }) => [path, layer]), [["louder1", "louder"]]);
  assertEquals([...receptiveFields(planned(2)).keys()], ["conv1"]);
});
