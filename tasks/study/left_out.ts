/** The arms of the study of Attention-8's recipe: each leaves out one part of the network or of the recipe. */
import { sgd } from "../../dsl/programs/optimizers/optimizers.ts";
import type { GroupsOptions } from "../../dsl/programs/optimizers/options.ts";
import type { FastAttentionOptions } from "../../nets/fast_attention.ts";
import { presetFor } from "../training/presets.ts";
import type { Recipe } from "../training/recipe.ts";

const FAST = presetFor("cifar/attention-8", "fast");

/** The groups of Attention-8's optimiser after a change. */
const regrouped = (
  change: (groups: GroupsOptions["groups"]) => GroupsOptions["groups"],
): Partial<Recipe> =>
  FAST.optimizer.kind === "groups"
    ? { optimizer: { ...FAST.optimizer, groups: change(FAST.optimizer.groups) } }
    : {};

/** The initialisers of Attention-8 but one. */
function startsBut(left: string): Partial<Recipe> {
  const { [left]: _, ...starts } = FAST.starts ?? {};
  return { starts };
}

/** The rate and the weight decay at which SGD trains the kernels of such networks. */
const SGD_RATE = 0.375;
const SGD_DECAY = 5e-4;

/** What an arm of the study of the recipe leaves out, in words, and what stands there instead. */
export const LEFT_OUT = {
  nothing: ["all of it", {}],
  muon: [
    "without Muon: SGD",
    regrouped((groups) => [
      ...groups,
      {
        role: "kernel",
        rate: SGD_RATE / FAST.rate,
        optimizer: sgd({ momentum: 0.85, weightDecay: SGD_DECAY / SGD_RATE }),
      },
    ]),
  ],
  whitening: [
    "without whitening: a learnt stem",
    {
      ...startsBut("stem.conv1.kernel"),
      ...regrouped((groups) => groups.filter(({ path }) => path !== "stem.conv1.kernel")),
    },
  ],
  identities: ["without identities: He's start", startsBut("stage*.conv1.kernel")],
  sizes: ["without smaller images", { sizes: [] }],
  turns: [
    "without turns: mirrors at random",
    { augment: { pad: 2, flip: true, edge: "reflect" } },
  ],
  smoothing: ["without smoothing", { labelSmoothing: 0 }],
  gelu: ["without GELU: ReLU", { rectifier: "relu" }],
  masks: ["without masks", { masks: false }],
} satisfies Readonly<
  Record<string, readonly [title: string, own: FastAttentionOptions | Partial<Recipe>]>
>;
