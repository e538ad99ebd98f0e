/**
 * Networks as PyTorch, in the standard language or another.
 *
 * @module
 */
import { defined } from "../../dsl/problem/defined.ts";
import { pythonText as quoted } from "../../dsl/problem/escape.ts";
import { expected, optionsOf, TEXT } from "../../dsl/problem/expect.ts";
import { torchModuleIn, type TorchModuleOptions } from "../../dsl/interpreters/torch/torch.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import type { Using } from "../../dsl/plan/language.ts";
import type { Result } from "../../dsl/problem/result.ts";
import { languageOf } from "./_language.ts";

export type { TorchModuleOptions } from "../../dsl/interpreters/torch/torch.ts";

/**
 * The source of a Python module with the class `Network` and the functions
 * `load_netfold` and `save_netfold`, or what is wrong with the network.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { chain, orThrow } from "@netfold/netfold";
 * import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 * import { torchModule } from "@netfold/netfold/torch";
 *
 * const net = chain(conv(8, { kernel: 3 }), relu(), globalAveragePool(), dense(10));
 * const source = orThrow(torchModule(net, [32, 32, 3]));
 * assertStringIncludes(source, "self.conv1 = nn.Conv2d(3, 8, 3, padding=1, bias=False)");
 * assertStringIncludes(source, "x = F.adaptive_avg_pool2d(F.relu(self.conv1(x)), 1).flatten(1)");
 * ```
 */
export function torchModule(
  net: Net,
  input: Shape,
  options: TorchModuleOptions & Using = {},
): Result<string> {
  optionsOf(options, { name: undefined, citation: undefined, language: undefined });
  const { language, ...shown } = options;
  return torchModuleIn(languageOf(defined({ language })), net, input, shown);
}

/**
 * A string of Python, quotes and all, for what a rule's `torch` writes of a network's fields.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pythonText } from "@netfold/netfold/torch";
 *
 * assertEquals(pythonText('zeros") or exit("'), '"zeros\\") or exit(\\""');
 * ```
 */
export function pythonText(text: string): string {
  return quoted(expected(text, TEXT));
}
