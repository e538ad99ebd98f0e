/** A network as a script that makes it, which the program reads as it reads any module with a network. */
import { toJSON } from "../../../../dsl/net/json.ts";
import type { ZooNetwork } from "../../../../nets/zoo.ts";
import { nearestOf, unusual } from "./family.ts";
import { CODE, FAMILY, isText, JSON_NET, type NetworkSpec, ZOO } from "./spec.ts";

/** The script of a network, which `spec` names. */
export function scriptOf(spec: NetworkSpec, { net, input }: ZooNetwork): string {
  return [...linesOf(spec, toJSON(net)), `export const input = [${input.join(", ")}];`, ""]
    .join("\n");
}

function linesOf(spec: NetworkSpec, json: string): readonly string[] {
  const { classes, input } = spec;
  const said = [
    ...(classes === undefined ? [] : [`classes: ${classes}`]),
    ...(input === undefined || isText(spec) ? [] : [`input: [${input.split("x").join(", ")}]`]),
  ];
  switch (spec.kind) {
    case ZOO: {
      const options = said.length === 0 ? "" : `, { ${said.join(", ")} }`;
      return [
        `import { orThrow } from "@netfold/netfold";`,
        `import { network } from "@netfold/netfold/nets";`,
        "",
        `export const { net } = orThrow(network(${JSON.stringify(spec.name)}${options}));`,
      ];
    }
    case FAMILY: {
      const own = Object.entries(unusual(nearestOf(spec.family))).map(([name, value]) =>
        `${name}: ${JSON.stringify(value)}`
      );
      const options = [...own, ...said].map((option) => `  ${option},\n`).join("");
      return [
        `import { residualAttention } from "@netfold/netfold/nets";`,
        "",
        `export const net = residualAttention(${options === "" ? "" : `{\n${options}}`});`,
      ];
    }
    case JSON_NET:
    case CODE:
      return [
        `import { fromJSON, orThrow } from "@netfold/netfold";`,
        "",
        `export const net = orThrow(fromJSON(${JSON.stringify(json)}));`,
      ];
  }
}
