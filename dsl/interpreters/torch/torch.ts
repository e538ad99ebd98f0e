/**
 * A network as one readable Python module for PyTorch, the kind that a person
 * would write: a class for each part that repeats, a forward pass that reads
 * like the network, layers of torch.nn, no dependency but torch. Parts have
 * netfold's names and tensors PyTorch's; one function has both, so that weight
 * files need no mapping, and layouts change in another.
 *
 * Images are NCHW, as PyTorch has them.
 */
import { defined } from "../../problem/defined.ts";
import { optionsOf } from "../../problem/expect.ts";
import type { Net } from "../../net/net.ts";
import type { Language } from "../../plan/language.ts";
import { parametersOf } from "../../plan/parameters.ts";
import type { Plan } from "../../plan/plan.ts";
import { planIn } from "../../plan/planning.ts";
import { left, type Result, right } from "../../problem/result.ts";
import { type Shape, showShape } from "../../net/shape.ts";
import { grouped } from "../../problem/digits.ts";
import { docstring, printable } from "../../problem/escape.ts";
import { params } from "../counts/params.ts";
import layers from "./layers.py.ts";
import weights from "./weights.py.ts";
import { classesOf, type TorchClass } from "./classes.ts";
import { unlikeInTorch, withoutTorch } from "./facets.ts";
import { broken, filled } from "./lines.ts";
import type { Module } from "./modules.ts";

/** What the module says of the network. */
export interface TorchModuleOptions {
  /** The network's name; `network` by default. */
  readonly name?: string;
  /** Where it was published. */
  readonly citation?: string;
}

/** The source of a Python module for a network in a language, or what is wrong with the network. */
export function torchModuleIn(
  language: Language,
  net: Net,
  input: Shape,
  options: TorchModuleOptions = {},
): Result<string> {
  const shown = defined(optionsOf(options, { name: undefined, citation: undefined }));
  const planned = planIn(language, net, input);
  if (planned._tag === "Left") return planned;
  const lacking = withoutTorch(planned.right);
  const problems = lacking.length > 0 ? lacking : unlikeInTorch(planned.right);
  return problems.length > 0 ? left(problems) : right(moduleOf(planned.right, shown));
}

function moduleOf(planned: Plan, options: TorchModuleOptions): string {
  const draws = parametersOf(planned).some(({ role }) => role === "kernel");
  const classes = classesOf(planned)
    .map((one) => classText(one, draws && one.name === "Network" ? ["he_normal(self)"] : []));
  const body = classes.join("\n\n\n");
  const sections = [
    IMPORTS,
    ...helpersFor(body),
    ...classes,
    ...definitionsIn(weights).map(([, text]) => text),
  ];
  return `${headOf(planned, options)}\n\n${sections.join("\n\n\n")}\n`;
}

const IMPORTS = [
  "import hashlib",
  "import json",
  "import math",
  "import os",
  "import re",
  "import stat",
  "import struct",
  "",
  "import torch",
  "import torch.nn.functional as F",
  "from torch import nn",
].join("\n");

function headOf(planned: Plan, { name = "network", citation }: TorchModuleOptions): string {
  const { trainable } = params(planned);
  const lines = [
    `${printable(name)}: ${grouped(trainable)} trainable parameters.`,
    "",
    `Images are batch x ${channelsFirst(planned.input)}, the answer is batch x ${
      channelsFirst(planned.output)
    }.`,
    ...(citation === undefined ? [] : ["", citation]),
    "",
    "Written by netfold. Parts have its names, and tensors PyTorch's: load_netfold(network, path)",
    "reads its weight files, save_netfold(network, path) writes them.",
    "",
  ];
  return `r"""${docstring(lines.join("\n"))}"""`;
}

/** A shape without the batch as PyTorch has it. */
function channelsFirst(shape: Shape): string {
  return showShape(shape.length === 3 ? [...shape.slice(2), ...shape.slice(0, 2)] : shape)
    .replaceAll("x", " x ");
}

/** The top-level definitions of a Python text, by name, in order. */
function definitionsIn(text: string): readonly (readonly [string, string])[] {
  return text.split(/\n\n\n(?=class |def )/).slice(1).map((definition) => {
    const [, name = ""] = /^(?:class|def) (\w+)/.exec(definition) ?? [];
    return [name, definition.trimEnd()] as const;
  });
}

/** The helpers that a text calls, and those that they call, in their own order. */
function helpersFor(body: string): readonly string[] {
  const all = definitionsIn(layers);
  const calls = (text: string, name: string) => new RegExp(`(^|[^\\w.])${name}[(.]`).test(text);
  const needed = new Map<string, string>();
  const add = (text: string): void => {
    for (const [name, definition] of all) {
      if (needed.has(name) || !calls(text, name)) continue;
      needed.set(name, definition);
      add(definition);
    }
  };
  add(body);
  return all.filter(([name]) => needed.has(name)).map(([, definition]) => definition);
}

/** A class; `last` are the lines that its constructor ends with. */
function classText(torchClass: TorchClass, last: readonly string[]): string {
  const { name, modules: [first], takes, constructor } = torchClass;
  return [
    `class ${name}(nn.Module):`,
    ...documented(describe(torchClass)),
    "",
    ...(constructor.length === 0 ? [] : [
      ...broken(`def __init__(${["self", ...takes].join(", ")}) -> None:`, 4),
      "        super().__init__()",
      ...[...constructor, ...last].flatMap(indented),
      "",
    ]),
    "    def forward(self, x: torch.Tensor) -> torch.Tensor:",
    ...(first?.forward ?? []).flatMap(indented),
  ].join("\n");
}

/** A line of a method, which may be in a loop. */
function indented(line: string): readonly string[] {
  return broken(line.trimStart(), 8 + line.length - line.trimStart().length);
}

/** A docstring of a class. */
function documented(text: string): readonly string[] {
  const lines = filled(`"""${docstring(text)}"""`, 4);
  const [only = "", ...others] = lines;
  return others.length === 0 ? [only] : [...filled(`"""${docstring(text)}`, 4), '    """'];
}

/** Which parts a class stands for, and what goes in and comes out, of the first where they differ. */
function describe({ modules }: TorchClass): string {
  const [first, ...others] = modules;
  if (first === undefined) return "";
  const shapesOf = ({ body }: Module) =>
    `${channelsFirst(body.input)} to ${channelsFirst(body.output)}`;
  const shapes = shapesOf(first);
  if (first.path === "") return `The whole network: ${shapes}.`;
  if (others.length === 0) return `${first.path}: ${shapes}.`;
  const alike = `and ${others.length} more like it`;
  return others.every((other) => shapesOf(other) === shapes)
    ? `${first.path} ${alike}: ${shapes}.`
    : `${first.path} (${shapes}) ${alike}.`;
}
