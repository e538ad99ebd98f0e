/**
 * Augmentations as they are given or recorded: in a short form, as a value of netfold's or of a
 * user's own, or as the name and options that a run's configuration holds.
 */
import { equal } from "../../dsl/net/net.ts";
import * as v from "valibot";
import { unrecordable } from "../../dsl/programs/meaning.ts";
import { allOf, E, left, pipe, refused, type Result, right } from "../fp.ts";
import type { Json } from "../files/json.ts";
import { parsed } from "../parsed.ts";
import {
  type AnyAugmentation,
  type Augmentation,
  type AugmentationRecord,
  cropFlip,
  cropFlipSchema,
  cutout,
  cutoutSchema,
  inOrder,
  isOurs,
  ORIGIN,
  scaleSchema,
  scaleShift,
} from "./augment.ts";

const ownSchema = v.looseObject({
  name: v.string(),
  options: v.looseObject({}),
  apply: v.function(),
});

/** The augmentation behind any form of one, nothing for none; fails when only its record is known. */
export function augmentationOf(augment: AnyAugmentation): Result<Augmentation | undefined> {
  if (augment === "none") return right(undefined);
  const isObject = typeof augment === "object" && augment !== null;
  if (isObject && "kind" in augment) {
    return pipe(
      parsed(scaleSchema, augment, ORIGIN),
      E.map(({ kind: _, ...options }) => scaleShift(options)),
    );
  }
  if (isObject && "name" in augment) {
    return "apply" in augment ? given(augment) : recorded(augment);
  }
  return pipe(parsed(cropFlipSchema, augment, ORIGIN), E.map(cropFlip));
}

/** An augmentation with its function. */
function given(augment: Augmentation): Result<Augmentation> {
  const own = parsed(ownSchema, augment, ORIGIN);
  if (own._tag === "Left" || isOurs(augment)) return E.map(() => augment)(own);
  if (Object.hasOwn(NAMED, augment.name)) {
    return refused({ path: "augment.name", layer: "option", code: "reserved-kind" }, {
      rule: "your own augmentation must have another name than netfold's",
      got: augment.name,
      wanted: `none of ${Object.keys(NAMED).join(", ")}`,
      hint: "choose another name: by it a run folder knows the augmentation",
    });
  }
  const fault = unrecordable(augment.options, "augment.options");
  return fault === undefined ? right(augment) : left([fault]);
}

type Remake = (options: AugmentationRecord["options"]) => Result<Augmentation>;

const stepsSchema = v.strictObject({
  steps: v.array(
    v.object({
      name: v.string(),
      options: v.custom<AugmentationRecord["options"]>((given) =>
        typeof given === "object" && given !== null
      ),
    }),
  ),
});

/** How netfold's own are made again of what a configuration records. */
const NAMED: Readonly<Record<string, Remake>> = {
  "crop-flip": (options) => pipe(parsed(cropFlipSchema, options, ORIGIN), E.map(cropFlip)),
  "scale-shift": (options) =>
    pipe(
      parsed(scaleSchema, { kind: "scale", ...options }, ORIGIN),
      E.map(({ kind: _, ...rest }) => scaleShift(rest)),
    ),
  cutout: (options) => pipe(parsed(cutoutSchema, options, ORIGIN), E.map(cutout)),
  "in-order": (options) =>
    pipe(
      parsed(stepsSchema, options, ORIGIN),
      E.flatMap(({ steps }) => allOf(steps.map(recorded))),
      E.map((steps) => inOrder(...steps)),
    ),
};

/** The augmentation that a configuration records, when it is one of netfold's. */
function recorded({ name, options }: AugmentationRecord): Result<Augmentation> {
  const remake = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  return remake?.(options) ??
    refused({ path: "augment", layer: "option", code: "augmentation-missing" }, {
      rule: "an augmentation has a function, which a configuration cannot hold",
      got: `the name "${name}" alone`,
      wanted: "{ name, options, apply }",
      hint: "give it again, as the option augment of resume",
    });
}

/** The augmentations that one is made of, in their order. */
export function stepsOf({ name, options }: AugmentationRecord): readonly AugmentationRecord[] {
  const inside = name === "in-order" ? v.safeParse(stepsSchema, options) : undefined;
  return inside?.success ? inside.output.steps.flatMap(stepsOf) : [{ name, options }];
}

/** The names of the augmentations that one is made of, in their order. */
export function augmentationNames(augment: AnyAugmentation): readonly string[] {
  const known = augmentationOf(augment);
  const whole = known._tag === "Right" ? known.right : augment;
  const isNamed = typeof whole === "object" && "name" in whole;
  return isNamed ? stepsOf(whole).map(({ name }) => name) : [];
}

/** What a configuration records of an augmentation in any form. */
function recordFor(augment: AnyAugmentation): Json {
  const known = augmentationOf(augment);
  const value = known._tag === "Right" ? known.right ?? "none" : augment;
  return JSON.parse(JSON.stringify(value));
}

/**
 * A run's own augmentation when it is resumed: the recorded one, with the
 * function that a configuration cannot hold.
 */
export function sameAugmentation(
  recorded: AnyAugmentation,
  given: Augmentation | undefined,
): Result<AnyAugmentation> {
  if (given === undefined) return right(recorded);
  return pipe(
    augmentationOf(given),
    E.flatMap(() => {
      const [was, is] = [recordFor(recorded), recordFor(given)];
      return equal(was, is)
        ? right(given)
        : refused({ path: "augment", layer: "option", code: "other-augmentation" }, {
          rule: "a run is resumed with the augmentation that it began with",
          got: JSON.stringify(is),
          wanted: JSON.stringify(was),
          hint: "give the same name and options, or start a new run",
        });
    }),
  );
}
