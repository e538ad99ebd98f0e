/**
 * The paper's six comparisons on CIFAR, and the one of its Table 7 at CIFAR's
 * size, each as a value (Wang et al., Residual attention network for image
 * classification, CVPR 2017), one of residual attention beside other attentions,
 * and one of the recipe of Attention-8. The figures beside the arms are the
 * paper's.
 */
import { show } from "../../dsl/problem/show.ts";
import * as v from "valibot";
import { orThrow, problemAt, ProblemError } from "../fp.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { FastAttentionOptions } from "../../nets/fast_attention.ts";
import { parsed } from "../parsed.ts";
import { MOST_IMAGES } from "./response.ts";
import type { Recipe } from "../training/recipe.ts";
import { attendedTrunk, ATTENTIONS } from "./attentions.ts";
import { attention, attentionEight, type Candidate, resnet, UNITS } from "./candidates.ts";
import { LEFT_OUT } from "./left_out.ts";
import { FAST_SCALES, type Scale, SCALE_OF, type ScaleName, SCALES } from "./scale.ts";
import { type Arm, type Study, STUDY_NAMES, type StudyName } from "./study.ts";

/** What a study is made of. */
export interface StudyOptions {
  /** How large it is made; tiny. */
  readonly scale?: ScaleName | undefined;
  /** The data set of ten classes and 32x32 pixels; cifar10. */
  readonly data?: string | undefined;
  /** CIFAR-100, for the study of depth; without it that study has CIFAR-10 alone. */
  readonly cifar100?: string | undefined;
}

const OPTIONS = v.looseObject({ data: v.optional(v.string()), cifar100: v.optional(v.string()) });

/**
 * The study of that name.
 *
 * @throws {ProblemError} When there is no such study or scale.
 */
export function study(name: StudyName, options: StudyOptions = {}): Study {
  orThrow(parsed(OPTIONS, options, { path: "study", layer: "option" }));
  const { scale = "tiny", data = "cifar10", cifar100 } = options;
  checkName("study", name, STUDY_NAMES);
  checkName("scale", scale, SCALES);
  const { notes = () => [], arms, scales = SCALE_OF, ...words } = STUDIES[name];
  const own = { name: /^cifar10(:|$)/.test(data) ? "CIFAR-10" : data, data, classes: 10 };
  const sets = cifar100 === undefined
    ? [own] as const
    : [own, { name: "CIFAR-100", data: cifar100, classes: 100 }] as const;
  return {
    name,
    figure: "comparison",
    ...words,
    scale: scales[scale],
    notes: notes(sets),
    arms: arms(sets).map((design) => armOf({ set: own, ...design }, scales[scale])),
  };
}

function checkName(path: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new ProblemError([problemAt({ path, layer: "study", code: "unknown-name" }, {
    rule: `there is no ${path} of this name`,
    got: show(name),
    wanted: known.join(", "),
    hint: closest(name, known, ""),
  })]);
}

interface ComparedSet {
  readonly name: string;
  readonly data: string;
  readonly classes: number;
}

/** CIFAR-10, and CIFAR-100 where it is given. */
type ComparedSets = readonly [ComparedSet, ComparedSet?];

/** An arm before the scale is known; its title is its network's by default. */
interface ArmDesign extends Pick<Arm, "factors" | "paper" | "paperResponse"> {
  readonly candidate: Candidate;
  readonly title?: string;
  readonly labelNoise?: number;
  readonly set?: ComparedSet;
  /** What of the recipe is this arm's own. */
  readonly recipe?: Partial<Recipe>;
}

/** A study before its scale and data are known; a comparison unless it says otherwise. */
interface Design extends Pick<Study, "title" | "question" | "source"> {
  readonly figure?: Study["figure"];
  /** What scales mean, where it is not what they mean for the paper's comparisons. */
  readonly scales?: Readonly<Record<ScaleName, Scale>>;
  readonly notes?: (sets: ComparedSets) => readonly string[];
  readonly arms: (sets: ComparedSets) => readonly ArmDesign[];
}

/** An arm, which its factors name. */
function armOf(
  { candidate, set, labelNoise, recipe, ...own }: ArmDesign & { readonly set: ComparedSet },
  scale: Scale,
): Arm {
  const { network, title, make } = candidate;
  return {
    title,
    ...own,
    name: Object.values(own.factors).join("-").replaceAll(/[^A-Za-z0-9.-]+/g, "-"),
    // A narrower network is not the one of that name.
    network: scale.shrink === 1 ? network : `${network}, ${scale.name} scale`,
    net: make(scale, set.classes),
    input: [32, 32, 3],
    data: set.data,
    recipe: { ...scale.recipe, ...recipe, ...(labelNoise !== undefined && { labelNoise }) },
  };
}

const STUDIES: Readonly<Record<StudyName, Design>> = {
  recipe: {
    title: "The recipe of five minutes",
    question: "What does each part of Attention-8 and of its recipe bring?",
    source: "netfold's own network; each arm leaves one part out",
    scales: FAST_SCALES,
    notes: () => ["Arms have equally many steps; images that are never small take longer."],
    arms: () =>
      Object.entries(LEFT_OUT).map(([without, [title, own]]) => {
        const { rectifier, masks, ...recipe }: FastAttentionOptions & Partial<Recipe> = own;
        return {
          candidate: attentionEight(defined({ rectifier, masks })),
          title,
          factors: { without },
          recipe,
        };
      }),
  },

  activation: {
    title: "Attention activation",
    question: "Which constraint on the mask serves best: mixed, channel or spatial attention?",
    source: "Table 1, Attention-56 on CIFAR-10",
    arms: () =>
      ([["mixed", 5.52], ["channel", 6.24], ["spatial", 6.33]] as const)
        .map(([activation, paper]) => ({
          candidate: attention(56, { activation }),
          title: activation,
          factors: { activation },
          paper,
        })),
  },

  learning: {
    title: "Attention residual learning",
    question: "Does (1 + M) T learn better than M T, and more so in deeper networks?",
    source: "Table 3, CIFAR-10",
    arms: () =>
      ([[56, 5.52, 5.89], [92, 4.99, 5.35], [128, 4.44, 5.57], [164, 4.31, 7.18]] as const)
        .flatMap(([depth, arl, nal]) =>
          ([["arl", arl], ["nal", nal]] as const).map(([learning, paper]) => ({
            candidate: attention(depth, { learning }),
            title: `Attention-${depth}, ${learning.toUpperCase()}`,
            factors: { depth, learning },
            paper,
          }))
        ),
  },

  mask: {
    title: "Mask structure",
    question: "Does a mask need to look at the whole picture, down and up again?",
    source: "Table 4, Attention-56 on CIFAR-10",
    notes: () => [
      'The paper gives both masks "the same FLOPs", which three whole units at full resolution ' +
      "cannot have; the local mask here is those three units and costs more.",
    ],
    arms: () =>
      ([
        ["hourglass", "encoder-decoder", "encoder-decoder", 5.52],
        ["local", "local", "local convolutions", 6.48],
      ] as const).map(([mask, name, title, paper]) => ({
        candidate: attention(56, { mask }),
        title,
        factors: { mask: name },
        paper,
      })),
  },

  noise: {
    title: "Noisy labels",
    question: "Does attention keep a network from learning wrong labels?",
    source: "Table 5, CIFAR-10",
    figure: "noise",
    notes: () => ["The paper has Attention-92 and ResNet-164; the pair of depth 56 is added."],
    arms: () =>
      ([
        [attention(92), [5.15, 5.79, 7.27, 15.75]],
        [resnet(164), [5.93, 6.61, 8.35, 17.21]],
        [attention(56), []],
        [resnet(56), []],
      ] satisfies [Candidate, number[]][]).flatMap(([candidate, papers]) =>
        [10, 30, 50, 70].map((level, i) => ({
          candidate,
          title: `${candidate.title}, ${level} %`,
          factors: { network: candidate.title, noise: level },
          paper: papers[i],
          labelNoise: level / 100,
        }))
      ),
  },

  depth: {
    title: "Depth",
    question: "Do more attention modules give a better network?",
    source: "Table 6, CIFAR-10 and CIFAR-100",
    notes: ([, cifar100]) =>
      cifar100 === undefined ? ["CIFAR-100 was not given; name its folder with --cifar100."] : [],
    arms: (sets) =>
      sets.flatMap((set, i) =>
        set === undefined ? [] : ([
          [attention(56)],
          [attention(92), 4.99, 21.71],
          [attention(128)],
          [attention(164)],
          [attention(236), 4.14, 21.16],
          [attention(452), 3.90, 20.45],
          [resnet(164), 5.46, 24.33],
        ] satisfies [Candidate, number?, number?][]).map(([candidate, ...papers]) => ({
          candidate,
          title: sets.length === 1 ? candidate.title : `${candidate.title}, ${set.name}`,
          factors: { data: set.name, network: candidate.title },
          paper: papers[i],
          set,
        }))
      ),
  },

  response: {
    title: "Mean response",
    question: "Does naive attention weaken what later stages see?",
    source: "Fig 4, CIFAR-10",
    figure: "response",
    notes: () => [
      `The response is the mean absolute value of a stage's output over ${MOST_IMAGES} test ` +
      "images, divided by the first stage's.",
    ],
    arms: (): readonly ArmDesign[] => [
      {
        candidate: attention(164),
        title: "Attention-164, ARL",
        factors: { network: "Attention-164", learning: "arl" },
        paper: 4.31,
        paperResponse: [1, 0.524, 0.299],
      },
      {
        candidate: attention(164, { learning: "nal" }),
        title: "Attention-164, NAL",
        factors: { network: "Attention-164", learning: "nal" },
        paper: 7.18,
        paperResponse: [1, 0.0164, 0.0086],
      },
      {
        candidate: resnet(164),
        factors: { network: "ResNet-164" },
        paper: 5.46,
        paperResponse: [1, 0.566, 0.302],
      },
    ],
  },

  units: {
    title: "Residual units",
    question: "Does attention go with other residual units?",
    source: "Table 7's comparison, which is on ImageNet, at CIFAR's size",
    notes: () => [
      "The paper compares these units on ImageNet alone, so there are no figures of its to set " +
      "beside these.",
      "ResNeXt's groups are shrunk with the widths.",
    ],
    arms: () =>
      Object.entries(UNITS).map(([title, unit]) => ({
        candidate: attention(56, { unit }),
        title,
        factors: { unit: title },
      })),
  },

  attention: {
    title: "Attention beside attention",
    question: "Which attention serves one trunk best at equal cost?",
    source: "netfold's own comparison, on ResNet-32 with pairs of 3x3 convolutions",
    notes: () => [
      "All stand behind the three stages and look at what comes out of them; in the papers most " +
      "stand in every residual unit, and residual attention beside its trunk.",
      "The ratios of their middles are shrunk with the widths.",
    ],
    arms: () =>
      Object.entries(ATTENTIONS).map(([attention, [title, own]]) => ({
        candidate: {
          network: attention === "none" ? "resnet-32" : `resnet-32 with ${title}`,
          title,
          make: (scale, classes) => attendedTrunk(own, scale, classes),
        },
        title,
        factors: { attention },
      })),
  },
};
