/**
 * What the functions of a rule give: a rule of a user's own may give anything, and a plan holds
 * only what has been judged here.
 */
import { hasFields, listOf, NUMBER, oneOf, TEXT } from "../problem/expect.ts";
import type { Shape } from "../net/shape.ts";
import { INITIALIZERS } from "./fields.ts";
import { type Fault, invalidRule } from "./fault.ts";
import type { ParameterRole, ShapeReport } from "./rule.ts";

const ROLES: readonly ParameterRole[] = [
  "kernel",
  "bias",
  "scale",
  "shift",
  "running-mean",
  "running-variance",
];

const FAULTS = /* @__PURE__ */ listOf({
  fits: (value) =>
    hasFields(value, ["code", "rule", "got", "wanted", "hint"]) &&
    [value.code, value.rule, value.got, value.wanted, value.hint].every(TEXT.fits),
  wanted: "a fault: { code, rule, got, wanted, hint }",
});
const SHAPE_REPORT = "{ output, faults }, the output a shape of whole numbers of at least 1";
const PARAMETER =
  /* @__PURE__ */ (() =>
    `{ name, shape, role, initializer, fanIn, fanOut }, the shape of whole numbers, ` +
    `the role one of ${ROLES.join(", ")}, the initializer a number or one of ${
      INITIALIZERS.join(", ")
    }`)();

const NAME = /^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)*$/;
const isSize = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1;
const isFan = (value: unknown): boolean => NUMBER.fits(value) && Number(value) > 0;
const isKnown = (shape: Shape): boolean => !shape.some(Number.isNaN);

/** What is wrong with a report of a shape, for inputs of which dimensions may be unknown. */
export function reportFault(report: unknown, inputs: readonly Shape[]): Fault | undefined {
  const isReport = hasFields(report, ["output", "faults"]) && Array.isArray(report.output) &&
    FAULTS.fits(report.faults);
  const wrong = invalidRule("shape", report, SHAPE_REPORT);
  if (!isReport) return wrong;
  const { output, faults }: { readonly output: unknown; readonly faults: unknown } = report;
  if (!Array.isArray(output) || output.length === 0) return wrong;
  const exact = Array.isArray(faults) && faults.length === 0 && inputs.every(isKnown);
  return output.every(exact ? isSize : (size) => typeof size === "number") ? undefined : wrong;
}

/** What is wrong with parameters; their sizes are judged where what they follow from is known. */
function parametersFault(parameters: unknown, exact: boolean): Fault | undefined {
  if (!Array.isArray(parameters)) {
    return invalidRule("parameters", parameters, `a list of ${PARAMETER}`);
  }
  if (!exact) return undefined;
  const wrong: unknown = parameters.find((parameter) => !isParameter(parameter));
  if (wrong !== undefined) return invalidRule("parameters", wrong, PARAMETER);
  const names: readonly unknown[] = parameters.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice === undefined
    ? undefined
    : invalidRule("parameters", `${twice} twice`, "parameters with names of their own");
}

function isParameter(value: unknown): boolean {
  return hasFields(value, ["name", "shape", "role", "initializer", "fanIn", "fanOut"]) &&
    typeof value.name === "string" && NAME.test(value.name) &&
    Array.isArray(value.shape) && value.shape.every(isSize) && oneOf(ROLES).fits(value.role) &&
    (NUMBER.fits(value.initializer) || oneOf(INITIALIZERS).fits(value.initializer)) &&
    isFan(value.fanIn) && isFan(value.fanOut);
}

/** What is wrong with a cost; numbers are judged where what they follow from is known. */
function costFault(cost: unknown, exact: boolean): Fault | undefined {
  const isCost = (value: unknown) => typeof value === "number" && (value >= 0 || !exact);
  const fits = hasFields(cost, ["macs", "flops"]) && isCost(cost.macs) && isCost(cost.flops);
  return fits ? undefined : invalidRule("cost", cost, "{ macs, flops }, numbers of at least 0");
}

/** The faults of a part that fits its input. */
export function planFaults(
  { output, faults }: ShapeReport,
  inputs: readonly Shape[],
  { parameters, cost }: { readonly parameters: unknown; readonly cost: unknown },
): readonly Fault[] {
  const exact = faults.length === 0 && inputs.every(isKnown) && isKnown(output);
  return [parametersFault(parameters, exact), costFault(cost, exact)]
    .filter((fault) => fault !== undefined);
}

/** What is wrong with a problem said in other words. */
export function rewordFault(reworded: unknown): Fault | undefined {
  return reworded === undefined || FAULTS.fits([reworded])
    ? undefined
    : invalidRule("reword", reworded, "nothing, or a fault: { code, rule, got, wanted, hint }");
}
