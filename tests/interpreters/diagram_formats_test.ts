/** Diagrams as text: Mermaid, DOT, and what Graphviz makes of it. */
import { instance } from "@viz-js/viz";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import { chain, diagram, named, orThrow, plan, stage } from "../../mod.ts";
import { conv, relu } from "../../layers/mod.ts";
import { validNetworks } from "../_arbitraries.ts";

const module = orThrow(plan(stage(1, 2, 1), [32, 32, 64]));
const small = orThrow(plan(named("body", chain(conv(8, { kernel: 3 }), relu())), [32, 32, 3]));

Deno.test("diagram() writes Mermaid with boxes, groups and shapes on the edges", () => {
  assertEquals(
    diagram(small, { title: 'a "net"' }),
    `---
title: "a \\"net\\""
---
flowchart TB
  n0(["<b>input</b>"]):::endBox
  subgraph g0["body"]
    n1("<b>conv 3×3, 8</b><br/>ReLU"):::convolutionBox
  end
  style g0 fill:#fafafc,stroke:#b9b9c6
  n2(["<b>output</b>"]):::endBox
  n0 -->|"32×32×3"| n1
  n1 -->|"32×32×8"| n2
  classDef endBox fill:#ffffff,stroke:#555555,color:#111111
  classDef convolutionBox fill:#dff1fb,stroke:#3a9bd0,color:#111111
`,
  );
});

Deno.test("diagram() defines in Mermaid every box and class that it uses, once", () => {
  fc.assert(fc.property(validNetworks, fc.nat(5), ({ net, input }, depth) => {
    const lines = diagram(orThrow(plan(net, input)), { depth }).split("\n");
    const defined = lines.flatMap((line) => /^ +(n\d+)[([]/.exec(line)?.slice(1) ?? []);
    assertEquals(new Set(defined).size, defined.length);
    for (const line of lines) {
      const ends = /^ +(n\d+) -.*-?> ?\|".*"\| (n\d+)$/.exec(line)?.slice(1) ?? [];
      assert(ends.every((end) => defined.includes(end)), line);
    }
    const opened = lines.filter((line) => /^ +subgraph /.test(line)).length;
    assertEquals(lines.filter((line) => /^ +end$/.test(line)).length, opened);
  }));
});

const graphviz = await instance();

Deno.test("Graphviz reads the DOT of any network, by its own layout and by ours", () => {
  fc.assert(
    fc.property(validNetworks, fc.nat(5), ({ net, input }, depth) => {
      const text = diagram(orThrow(plan(net, input)), { format: "dot", depth, title: "<&\"'>" });
      for (const engine of ["dot", "nop2"]) {
        const { status, errors } = graphviz.render(text, { format: "svg", engine });
        const serious = errors.filter(({ message }) => !message.includes("non-ASCII character"));
        assertEquals([status, serious], ["success", []]);
      }
    }),
    { numRuns: 25 },
  );
});

Deno.test("diagram() draws SVG with a title, a legend, and the path of every box", async () => {
  const svg = await diagram(module, { format: "svg", title: "A <module>" });
  assertMatch(svg, /^<\?xml[^]*<svg [^]*<\/svg>\s*$/);
  for (const text of ["A &lt;module&gt;", "residual unit", "interpolation", "32×32×64"]) {
    assertStringIncludes(svg, text);
  }
  assertStringIncludes(svg, 'xlink:title="module1.trunk.unit1"');
  assertStringIncludes(svg, "(1 + M) × T");
});
