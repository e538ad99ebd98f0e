/**
 * The trail of planning: what stands before the part that is being planned.
 * When a part does not fit, the last of it go into the problem, so that one
 * sees how the shapes came to be what they are.
 */
import type { Plan } from "./plan.ts";
import type { Step, Way } from "../problem/problem.ts";
import { type Shape, showShape } from "../net/shape.ts";

/** The network's input, or a planned part and the trail before it. */
export type Trail = { readonly input: Shape } | { readonly part: Plan; readonly before: Trail };

/** How many steps are shown. */
const MOST = 4;

/** The way to a part that does not fit and gives this output, with its branches when it is a merge. */
export function wayTo(trail: Trail, output: Shape, branches?: readonly Plan[]): Way {
  const way = { ...lastOf(stepsBefore(trail)), output: showShape(output) };
  return branches === undefined ? way : {
    ...way,
    branches: branches.map((branch) => {
      const steps: Step[] = [];
      collect(branch, steps);
      return lastOf(steps.length === 0 ? [passedOn(branch)] : steps);
    }),
  };
}

/** The first few of steps that are given from the last to the first, in order. */
function lastOf(steps: readonly Step[]): Pick<Way, "steps" | "more"> {
  return { steps: steps.slice(0, MOST).reverse(), more: steps.length > MOST };
}

/** The steps of a trail from the last one on, one more than are shown if there are more. */
function stepsBefore(trail: Trail): readonly Step[] {
  const steps: Step[] = [];
  let place = trail;
  while ("part" in place && steps.length <= MOST) {
    collect(place.part, steps);
    place = place.before;
  }
  if ("input" in place) {
    steps.push({ path: "", layer: "input", output: showShape(place.input) });
  }
  return steps;
}

/** Adds what a part computes to the steps, the last thing first, until there are enough. */
function collect(part: Plan, steps: Step[]): void {
  if (steps.length > MOST) return;
  switch (part.kind) {
    case "layer":
      steps.push({ path: part.path, layer: part.layer.type, output: showShape(part.output) });
      break;
    case "fork":
      steps.push({ path: part.path, layer: part.merge, output: showShape(part.output) });
      break;
    case "named":
      collect(part.body, steps);
      break;
    case "chain":
      for (let i = part.parts.length - 1; i >= 0 && steps.length <= MOST; i--) {
        const each = part.parts[i];
        if (each !== undefined) collect(each, steps);
      }
      break;
    default:
      part satisfies never;
  }
}

/** The step of a branch that does nothing. */
function passedOn({ output }: Plan): Step {
  return { path: "", layer: "as it comes", output: showShape(output) };
}
