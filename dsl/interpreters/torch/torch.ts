/**
 * A network as one readable Python module for PyTorch, the kind that a person
 * would write: a class for each part that repeats, a forward pass that reads
 * like the network, no dependency but torch. Parameters have netfold's path
 * names, so weight files need no mapping; layouts change in one function.
 *
 * Images are NCHW, as PyTorch has them.
 */
import { defined } from "../../problem/defined.ts";
import { optionsOf } from "../../problem/expect.ts";
import { toJSON } from "../../net/json.ts";
import type { Net } from "../../net/net.ts";
import type { Language } from "../../plan/language.ts";
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
  return problems.length > 0 ? left(problems) : right(moduleOf(planned.right, net, shown));
}

function moduleOf(planned: Plan, net: Net, options: TorchModuleOptions): string {
  const classes = classesOf(planned).map(classText);
  const body = classes.join("\n\n\n");
  const sections = [
    headOf(planned, net, options),
    IMPORTS,
    ...helpersFor(body),
    ...classes,
    ...definitionsIn(weights).map(([, text]) => text),
  ];
  return `${sections.join("\n\n\n").replace("\n\n\n", "\n\n")}\n`;
}

const IMPORTS = [
  "import hashlib",
  "import json",
  "import math",
  "import os",
  "import stat",
  "import struct",
  "from math import prod",
  "",
  "import torch",
  "import torch.nn.functional as F",
  "from torch import nn",
].join("\n");

function headOf(
  planned: Plan,
  net: Net,
  { name = "network", citation }: TorchModuleOptions,
): string {
  const { trainable } = params(planned);
  const lines = [
    `${printable(name)}: ${grouped(trainable)} trainable parameters.`,
    "",
    `Images are batch x ${channelsFirst(planned.input)}, the answer is batch x ${
      channelsFirst(planned.output)
    }.`,
    ...(citation === undefined ? [] : ["", citation]),
    "",
    "Parameters are called by netfold's paths: load_netfold(network, path) reads its weight files,",
    "save_netfold(network, path) writes them. Written by netfold from this value:",
    "",
    toJSON(net),
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

function classText(torchClass: TorchClass): string {
  const { name, modules: [first], takes, constructor } = torchClass;
  return [
    `class ${name}(nn.Module):`,
    `    """${docstring(describe(torchClass))}"""`,
    "",
    ...(constructor.length === 0 ? [] : [
      `    def __init__(${["self", ...takes].join(", ")}):`,
      "        super().__init__()",
      ...constructor.map((line) => `        ${line}`),
      "",
    ]),
    "    def forward(self, x):",
    ...(first?.forward ?? []).map((line) => `        ${line}`),
  ].join("\n");
}

/** Which parts a class stands for, and what goes in and comes out where that is one thing. */
function describe({ modules, takes }: TorchClass): string {
  const [first, ...others] = modules;
  if (first === undefined || first.path === "") return "The whole network.";
  const shapes = new Set(
    modules.map(({ body }) => `${showShape(body.input)} to ${showShape(body.output)}`),
  );
  const places = others.length === 0
    ? first.path
    : `${first.path} and ${others.length} more like it`;
  const [shape = ""] = shapes;
  return shapes.size === 1 && takes.length === 0 ? `${places}: ${shape}.` : `${places}.`;
}
