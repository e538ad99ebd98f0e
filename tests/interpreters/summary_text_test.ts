/** The summary as people read it: a table that fits, and what stands under it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  chain,
  freeze,
  named,
  type Net,
  numbered,
  orThrow,
  plan,
  repeat,
  residual,
  summarize,
  type SummaryOptions,
  trainingNeeds,
} from "../../mod.ts";
import { renderSummary, summaryCsv, summaryMarkdown } from "../../dsl/interpreters/summary/mod.ts";
import { batchNorm, conv, dense, globalAveragePool, maxPool, relu } from "../../layers/mod.ts";
import { network } from "../../nets/zoo.ts";

const unit = numbered(
  "unit",
  residual(chain(batchNorm(), relu(), conv("same", { kernel: 3, groups: 2 }))),
);
const net: Net = chain(
  named("stem", conv(8, { kernel: 3, stride: 2 })),
  repeat(2, unit),
  maxPool(2),
  globalAveragePool(),
  named("classifier", dense(10)),
);
const planned = orThrow(plan(net, [32, 32, 3]));

const textOf = (options: SummaryOptions): string =>
  renderSummary(planned, { name: "small", ...options });

Deno.test("a summary shows every column where there is room", () => {
  assertEquals(
    textOf({ width: 120 }),
    `\
small: 32x32x3 to 10, depth 4
----------------------------------------------------------------------------------------------------
layer               input    output   kernel  params      %     MACs      %    FLOPs   memory  field
----------------------------------------------------------------------------------------------------
stem (conv)         32x32x3  16x16x8  3x3/2      216   22.8   55,296   27.3  110,592  8.19 kB    3x3
unit1               16x16x8  16x16x8             320   33.8   73,728   36.3  155,648  32.8 kB    7x7
  bn1               16x16x8  16x16x8              32    3.4                    4,096  8.19 kB    3x3
  relu1             16x16x8  16x16x8                                           2,048  8.19 kB    3x3
  conv1             16x16x8  16x16x8  3x3 g2     288   30.4   73,728   36.3  147,456  8.19 kB    7x7
  add1              16x16x8  16x16x8                                           2,048  8.19 kB    7x7
unit2               16x16x8  16x16x8             320   33.8   73,728   36.3  155,648  32.8 kB  11x11
  bn1               16x16x8  16x16x8              32    3.4                    4,096  8.19 kB    7x7
  relu1             16x16x8  16x16x8                                           2,048  8.19 kB    7x7
  conv1             16x16x8  16x16x8  3x3 g2     288   30.4   73,728   36.3  147,456  8.19 kB  11x11
  add1              16x16x8  16x16x8                                           2,048  8.19 kB  11x11
pool1               16x16x8  8x8x8    2x2/2                                    2,048  2.05 kB  13x13
gap1                8x8x8    8                                                   512     32 B  41x41
classifier (dense)  8        10                   90    9.5       80   <0.1      170     40 B  41x41
----------------------------------------------------------------------------------------------------
total               32x32x3  10                  946  100.0  202,832  100.0  424,618  75.8 kB  41x41
----------------------------------------------------------------------------------------------------
parameters  946 in all, 914 trainable, 882 kernels and biases
cost        202,832 MACs, 424,618 FLOPs
memory      3.78 kB parameters, 75.8 kB activations, 12.3 kB input (float32)
convention  netfold, for one input: FLOPs are 2 MACs plus every elementwise operation, MACs the
            multiply-accumulates of convolutions and dense layers
`,
  );
});

Deno.test("a summary folds to a depth, and leaves out columns before digits", () => {
  const lines = textOf({ width: 72, depth: 1 }).split("\n");
  assertEquals(lines[2], "layer               output   params      %     MACs      %    FLOPs");
  assertEquals(lines[5], "unit1 ...           16x16x8     320   33.8   73,728   36.3  155,648");
  const narrow = textOf({ width: 60 }).split("\n");
  assertEquals(narrow[8], "  conv1             16x16x8     288  73.73 k   36.3  147.5 k");
});

Deno.test("a summary has the columns that it is asked for, in their order", () => {
  const options: SummaryOptions = {
    depth: 1,
    columns: ["type", "kernel", "count", "count%", "trainable"],
    convention: "fvcore",
  };
  assertEquals(textOf(options).split("\n").slice(2, 8), [
    "layer       type                 kernel    flops      %  trainable",
    "------------------------------------------------------------------",
    "stem        conv                 3x3/2    55,296   26.1        216",
    "unit1 ...                                 77,824   36.8        304",
    "unit2 ...                                 77,824   36.8        304",
    "pool1       max_pool             2x2/2",
  ]);
  assertStringIncludes(textOf({ columns: ["macs%"] }), "MACs %");
});

Deno.test("a summary names its convention, and gives netfold's counts beside another's", () => {
  for (const convention of ["netfold", "paper", "fvcore", "torchinfo"] as const) {
    const text = textOf({ convention });
    assertStringIncludes(text, `convention  ${convention}, for one input: `);
    assertStringIncludes(text, "202,832 MACs, 424,618 FLOPs");
  }
  assertStringIncludes(
    textOf({ convention: "paper" }),
    "cost        202,832 multiply-adds (netfold: ",
  );
});

Deno.test("a summary tells what is frozen", () => {
  const frozen = orThrow(plan(orThrow(freeze(net, "stem")), [32, 32, 3]));
  const text = renderSummary(frozen);
  assertStringIncludes(text, "946 in all, 698 trainable, 216 frozen, 882 kernels and biases");
});

Deno.test("a summary tells what a step of training takes when it is given that", () => {
  const training = trainingNeeds(planned, { batch: 8, optimizer: { kind: "sgd" } });
  const text = textOf({ training });
  assertStringIncludes(text, "training    a step of batch 8: 4.426 M MACs");
  assertStringIncludes(text, "\n              filter gradients  1.623 M MACs   3.245 M FLOPs\n");
  assertEquals(summarize(planned, "small", { training }).training, training);
});

Deno.test("the summary of Attention-56 fits one screen of 80 columns, to the last digit", () => {
  const { net, input } = orThrow(network("cifar/attention-56"));
  const lines = renderSummary(orThrow(plan(net, input)), { name: "cifar/attention-56" })
    .trimEnd().split("\n");
  assert(lines.length <= 33, `${lines.length} lines`);
  assert(lines.every((line) => line.length <= 80 && /^[\x20-\x7e]*$/.test(line)));
  assertStringIncludes(
    lines.join("\n"),
    "total               10         1,164,666  100.0  122,825,216  100.0  252,533,770",
  );
});

Deno.test("Markdown has a row for each part under its path, and the notes as a list", () => {
  const text = summaryMarkdown(planned, { name: "small", depth: 1, columns: ["output", "macs"] });
  assertEquals(
    text,
    `\
# small

32x32x3 to 10, depth 4

| layer                | output  |    MACs |
| -------------------- | ------- | ------: |
| \`stem\` (conv)        | 16x16x8 |  55,296 |
| \`unit1\` ...          | 16x16x8 |  73,728 |
| \`unit2\` ...          | 16x16x8 |  73,728 |
| \`pool1\`              | 8x8x8   |         |
| \`gap1\`               | 8       |         |
| \`classifier\` (dense) | 10      |      80 |
| **total**            | 10      | 202,832 |

- **parameters**: 946 in all, 914 trainable, 882 kernels and biases
- **cost**: 202,832 MACs, 424,618 FLOPs
- **memory**: 3.78 kB parameters, 75.8 kB activations, 12.3 kB input (float32)
- **convention**: netfold, for one input: FLOPs are 2 MACs plus every elementwise operation, MACs the multiply-accumulates of convolutions and dense layers
`,
  );
});

Deno.test("CSV has plain numbers, and a row for each layer and merge", () => {
  const [header, first, ...rows] = summaryCsv(planned).trimEnd().split("\n");
  assertEquals(
    header,
    "path,type,input,output,kernel,params,trainable,macs,flops,activation_bytes,receptive_field",
  );
  assertEquals(first, "stem,conv,32x32x3,16x16x8,3x3/2,216,216,55296,110592,8192,3x3");
  assertEquals(rows.length, 11);
  assertStringIncludes(summaryCsv(planned, { convention: "torchinfo" }), ",torchinfo_mult_adds\n");
});
