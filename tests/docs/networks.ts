/**
 * `docs/networks.md`: every network of the zoo with its counts and its paper. Run as a program it
 * writes the page.
 */
import { join } from "@std/path";
import { showShape } from "../../dsl/net/shape.ts";
import { markdownTable } from "../../dsl/problem/markdown.ts";
import { orThrow } from "../../mod.ts";
import { citationOf } from "../../nets/citations.ts";
import { ZOO_NAMES } from "../../nets/mod.ts";
import { zooEntries } from "../../tasks/summary/zoo.ts";
import { count } from "../../tasks/terminal/format.ts";
import { root } from "./_blocks.ts";
import { formatted } from "./_formatted.ts";

/** The command that writes the page. */
export const COMMAND =
  "deno run --allow-read --allow-write=docs/networks.md --allow-run tests/docs/networks.ts";

const KEYS = ["network", "input", "trainable", "MACs", "paper"];

const ABOVE = `# Networks

All networks that have a name, made for 10 classes below \`cifar/\` and for 1000 below \`imagenet/\`;
\`--classes\` and \`--input\` change both. The parameters are those that training changes, MACs the
multiply-accumulates of convolutions and dense layers for one image, the paper is the one of the
list below. \`deno task summary 'imagenet/vgg*'\` lists some of them with more counts,
\`deno task summary NET\` shows the layers of one.
`;

/** The page, as `deno fmt` leaves it. */
export async function networksPage(): Promise<string> {
  const papers = [...new Set(ZOO_NAMES.map(citationOf))].filter((paper) => paper !== undefined);
  const rows = orThrow(zooEntries(ZOO_NAMES, {})).map(({ net, input, params, macs }) => {
    const paper = papers.indexOf(citationOf(net) ?? "") + 1;
    return [
      `\`${net}\``,
      showShape(input),
      count(params.trainable),
      count(macs),
      paper === 0 ? "" : `${paper}`,
    ];
  });
  const list = papers.map((paper, i) => `${i + 1}. ${linked(paper)}\n`).join("");
  return await formatted(
    `${ABOVE}\n${markdownTable(KEYS, rows, (i) => i < 2)}\n## Papers\n\n${list}`,
  );
}

function linked(paper: string): string {
  return paper.replace(/arXiv (\d+\.\d+)/, "[arXiv $1](https://arxiv.org/abs/$1)");
}

if (import.meta.main) {
  await Deno.writeTextFile(join(root, "docs/networks.md"), await networksPage());
}
