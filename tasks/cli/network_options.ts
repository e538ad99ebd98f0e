/** The argument and options of tasks that take a network. */
import type { Shape } from "../../dsl/net/shape.ts";
import { ZOO_NAMES } from "../../nets/zoo.ts";
import { type Reader, shape, text, whole } from "./reader.ts";
import { option, type Valued } from "./term.ts";

/** What a network in a file may do, in help. */
export const FILES =
  "a module is code and runs with the task's permissions, a JSON file is only read";

/** What the argument is, in help. */
export const NETWORK =
  `A network of the zoo, a JSON file that holds one, or a module that exports one; ${FILES}.`;

/** The name of a network, or of a file with one. */
export function networkName(metavar = "NET", wanted = "a network"): Reader<string> {
  return text(metavar, wanted, ZOO_NAMES);
}

export const inputOption: Valued<Shape, "option?"> = option(shape(), {
  description: "The shape of the input, such as 32x32x3; a JSON file needs it.",
  otherwise: "the network's own",
});

export const classesOption: Valued<number, "option?"> = option(whole(1), {
  description: "The number of classes, of a network of the zoo.",
  otherwise: "the network's own",
});
