/** The tensor program as text, one operation a line, for people. */
import { printable } from "../problem/escape.ts";
import { type Graph, judgedGraph, type ValueId } from "./graph.ts";
import type { Op } from "./op.ts";

/**
 * A readable listing of a program.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { dump, inference, orThrow, plan } from "@netfold/netfold";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const program = inference(orThrow(plan(conv(8), [4, 4, 3])), 1);
 * assertStringIncludes(dump(program), "%2 [1, 4, 4, 8] = conv2d(%0, %1)");
 * ```
 */
export function dump(graph: Graph): string {
  judgedGraph(graph);
  const typed = (value: ValueId) => `%${value} [${(graph.shapes[value] ?? []).join(", ")}]`;
  const lines = [
    `program ${JSON.stringify(graph.name)}`,
    ...graph.inputs.map(({ name, value }) => `  ${typed(value)} = input ${name}`),
    ...graph.state.map(({ name, before }) => `  ${typed(before)} = state ${name}`),
    ...graph.nodes.map(({ op, inputs, results, origin }) =>
      `  ${results.map(typed).join(", ")} = ${op.op}(${
        inputs.map((value) => `%${value}`).join(", ")
      })${attributes(op)}${origin === "" ? "" : `  ; ${origin}`}`
    ),
    ...graph.outputs.map(({ name, value }) => `  output ${name} = %${value}`),
    ...graph.state.filter(({ before, after }) => before !== after)
      .map(({ name, after }) => `  next ${name} = %${after}`),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

function attributes(op: Op): string {
  return Object.entries(op).filter(([name]) => name !== "op")
    .map(([name, value]) => ` ${name}=${Array.isArray(value) ? `[${value.join(", ")}]` : value}`)
    .join("");
}
