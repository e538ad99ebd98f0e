/**
 * The paper's six comparisons on CIFAR, and the one of its Table 7 at CIFAR's
 * size, each as a value (Wang et al., Residual attention network for image
 * classification, CVPR 2017). The figures beside the arms are the paper's.
 */
import { preactivationResnet } from "../../nets/preactivation_resnet.ts";
import { residualAttention, type ResidualAttentionOptions } from "../../nets/residual_attention.ts";
import { MOST_IMAGES } from "./response.ts";
import { type Scale, SCALE_OF, type ScaleName } from "./scale.ts";
import type { Arm, Study, StudyName } from "./study.ts";

/** What a study is made of. */
export interface StudyOptions {
  /** How large it is made; tiny. */
  readonly scale?: ScaleName;
  /** The data set of ten classes and 32x32 pixels; cifar10. */
  readonly data?: string;
  /** CIFAR-100, for the study of depth; without it that study has CIFAR-10 alone. */
  readonly cifar100?: string;
}

/** The study of that name. */
export function study(name: StudyName, options: StudyOptions = {}): Study {
  return STUDIES[name](new Builder(options));
}

/** A network before its width is known. */
interface Subject {
  readonly network: string;
  readonly title: string;
  readonly make: (scale: Scale, classes: number) => Arm["net"];
}

class Builder {
  readonly scale: Scale;
  readonly data: string;
  readonly cifar100: string | undefined;

  constructor({ scale = "tiny", data = "cifar10", cifar100 }: StudyOptions) {
    this.scale = SCALE_OF[scale];
    this.data = data;
    this.cifar100 = cifar100;
  }

  /** An arm, which its factors name. */
  arm(
    subject: Subject,
    own: Pick<Arm, "factors"> & Partial<Pick<Arm, "title" | "paper" | "paperResponse">>,
    { data = this.data, classes = 10, labelNoise }: {
      readonly data?: string;
      readonly classes?: number;
      readonly labelNoise?: number;
    } = {},
  ): Arm {
    return {
      title: subject.title,
      ...own,
      name: Object.values(own.factors).join("-").replaceAll(/[^A-Za-z0-9.-]+/g, "-"),
      // Below the paper's scale it is a narrower network than the one of that name.
      network: this.scale.name === "paper"
        ? subject.network
        : `${subject.network}, ${this.scale.name} scale`,
      net: subject.make(this.scale, classes),
      input: [32, 32, 3],
      data,
      recipe: { ...this.scale.recipe, ...(labelNoise === undefined ? {} : { labelNoise }) },
    };
  }
}

/** A member of the attention family. */
function attention(depth: number, options: ResidualAttentionOptions = {}): Subject {
  const size = depth === 452
    ? { modules: 6, p: 2, t: 4, r: 3 }
    : { modules: Math.round((depth - 20) / 36) };
  return {
    network: `cifar/attention-${depth}`,
    title: `Attention-${depth}`,
    make: ({ shrink }, classes) =>
      residualAttention({
        ...size,
        ...options,
        classes,
        widths: [64, 128, 256].map((width) => width / shrink),
        stem: 16 / shrink,
        groups: 32 / shrink,
      }),
  };
}

/** ResNet-164 of bottlenecks, or ResNet-56 of pairs of 3x3 convolutions. */
function resnet(depth: 56 | 164): Subject {
  const widths = depth === 164 ? [64, 128, 256] : [16, 32, 64];
  return {
    network: `cifar/resnet-${depth}`,
    title: `ResNet-${depth}`,
    make: ({ shrink }, classes) =>
      preactivationResnet({
        units: depth === 164 ? 18 : 9,
        unit: depth === 164 ? "bottleneck" : "basic",
        classes,
        widths: widths.map((width) => width / shrink),
        stem: 16 / shrink,
      }),
  };
}

const STUDIES: Readonly<Record<StudyName, (builder: Builder) => Study>> = {
  activation: (builder) => ({
    name: "activation",
    title: "Attention activation",
    question: "Which constraint on the mask serves best: mixed, channel or spatial attention?",
    source: "Table 1, Attention-56 on CIFAR-10",
    scale: builder.scale,
    figure: "comparison",
    notes: [],
    arms: ([["mixed", 5.52], ["channel", 6.24], ["spatial", 6.33]] as const)
      .map(([activation, paper]) =>
        builder.arm(attention(56, { activation }), {
          title: activation,
          factors: { activation },
          paper,
        })
      ),
  }),

  learning: (builder) => ({
    name: "learning",
    title: "Attention residual learning",
    question: "Does (1 + M) T learn better than M T, and more so in deeper networks?",
    source: "Table 3, CIFAR-10",
    scale: builder.scale,
    figure: "comparison",
    notes: [],
    arms: ([
      [56, 5.52, 5.89],
      [92, 4.99, 5.35],
      [128, 4.44, 5.57],
      [164, 4.31, 7.18],
    ] as const).flatMap(([depth, arl, nal]) =>
      ([["arl", arl], ["nal", nal]] as const).map(([learning, paper]) =>
        builder.arm(attention(depth, { learning }), {
          title: `Attention-${depth}, ${learning.toUpperCase()}`,
          factors: { depth, learning },
          paper,
        })
      )
    ),
  }),

  mask: (builder) => ({
    name: "mask",
    title: "Mask structure",
    question: "Does a mask need to look at the whole picture, down and up again?",
    source: "Table 4, Attention-56 on CIFAR-10",
    scale: builder.scale,
    figure: "comparison",
    notes: [
      'The paper gives both masks "the same FLOPs", which three whole units at full resolution ' +
      "cannot have; the local mask here is those three units and costs more.",
    ],
    arms: ([["encoder-decoder", "hourglass", 5.52], ["local", "local", 6.48]] as const)
      .map(([title, mask, paper]) =>
        builder.arm(attention(56, { mask }), {
          title: title === "local" ? "local convolutions" : title,
          factors: { mask: title },
          paper,
        })
      ),
  }),

  noise: (builder) => {
    const levels = [10, 30, 50, 70] as const;
    const subjects: readonly (readonly [Subject, readonly number[]])[] = [
      [attention(92), [5.15, 5.79, 7.27, 15.75]],
      [resnet(164), [5.93, 6.61, 8.35, 17.21]],
      [attention(56), []],
      [resnet(56), []],
    ];
    return {
      name: "noise",
      title: "Noisy labels",
      question: "Does attention keep a network from learning wrong labels?",
      source: "Table 5, CIFAR-10",
      scale: builder.scale,
      figure: "noise",
      notes: ["The paper has Attention-92 and ResNet-164; the pair of depth 56 is added."],
      arms: subjects.flatMap(([subject, figures]) =>
        levels.map((level, i) => {
          const paper = figures[i];
          return builder.arm(subject, {
            title: `${subject.title}, ${level} %`,
            factors: { network: subject.title, noise: level },
            ...(paper === undefined ? {} : { paper }),
          }, { labelNoise: level / 100 });
        })
      ),
    };
  },

  depth: (builder) => {
    const sets = [
      { name: "CIFAR-10", data: builder.data, classes: 10 },
      ...(builder.cifar100 === undefined
        ? []
        : [{ name: "CIFAR-100", data: builder.cifar100, classes: 100 }]),
    ];
    const subjects: readonly (readonly [Subject, number?, number?])[] = [
      [attention(56)],
      [attention(92), 4.99, 21.71],
      [attention(128)],
      [attention(164)],
      [attention(236), 4.14, 21.16],
      [attention(452), 3.90, 20.45],
      [resnet(164), 5.46, 24.33],
    ];
    return {
      name: "depth",
      title: "Depth",
      question: "Do more attention modules give a better network?",
      source: "Table 6, CIFAR-10 and CIFAR-100",
      scale: builder.scale,
      figure: "comparison",
      notes: builder.cifar100 === undefined
        ? ["CIFAR-100 was not given; name its folder with --cifar100."]
        : [],
      arms: sets.flatMap(({ name, data, classes }, i) =>
        subjects.map(([subject, ...figures]) => {
          const paper = figures[i];
          return builder.arm(subject, {
            title: sets.length === 1 ? subject.title : `${subject.title}, ${name}`,
            factors: { data: name, network: subject.title },
            ...(paper === undefined ? {} : { paper }),
          }, { data, classes });
        })
      ),
    };
  },

  response: (builder) => ({
    name: "response",
    title: "Mean response",
    question: "Does naive attention weaken what later stages see?",
    source: "Fig 4, CIFAR-10",
    scale: builder.scale,
    figure: "response",
    notes: [
      `The response is the mean absolute value of a stage's output over ${MOST_IMAGES} test ` +
      "images, divided by the first stage's.",
    ],
    arms: [
      builder.arm(attention(164), {
        title: "Attention-164, ARL",
        factors: { network: "Attention-164", learning: "arl" },
        paper: 4.31,
        paperResponse: [1, 0.524, 0.299],
      }),
      builder.arm(attention(164, { learning: "nal" }), {
        title: "Attention-164, NAL",
        factors: { network: "Attention-164", learning: "nal" },
        paper: 7.18,
        paperResponse: [1, 0.0164, 0.0086],
      }),
      builder.arm(resnet(164), {
        title: "ResNet-164",
        factors: { network: "ResNet-164" },
        paper: 5.46,
        paperResponse: [1, 0.566, 0.302],
      }),
    ],
  }),

  units: (builder) => ({
    name: "units",
    title: "Residual units",
    question: "Does attention go with other residual units?",
    source: "Table 7's comparison, which is on ImageNet, at CIFAR's size",
    scale: builder.scale,
    figure: "comparison",
    notes: [
      "The paper compares these units on ImageNet alone, so there are no figures of its to set " +
      "beside these.",
      "ResNeXt's groups are shrunk with the widths.",
    ],
    arms: ([
      ["pre-activation", "preactivation"],
      ["ResNeXt", "resnext"],
      ["Inception", "inception"],
    ] as const).map(([title, unit]) =>
      builder.arm(attention(56, { unit }), { title, factors: { unit: title } })
    ),
  }),
};
