/** A study that runs in seconds, for tests: two arms on procedural images. */
import { chain } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { arl, nal, named } from "../../mod.ts";
import { conv, dense, globalAveragePool, relu, sigmoid } from "../../layers/mod.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { SCALE_OF } from "../../tasks/study/scale.ts";
import type { Arm, Study } from "../../tasks/study/study.ts";
import { adapt, PRESETS } from "../../tasks/training/presets.ts";

const net = (apply: typeof arl): Net =>
  chain(
    conv(4, { kernel: 3, stride: 4 }),
    relu(),
    named("stage1", apply(conv("same"), chain(conv("same"), sigmoid()))),
    named("stage2", apply(conv("same"), chain(conv("same"), sigmoid()))),
    globalAveragePool(),
    dense(10),
  );

const recipe = adapt(PRESETS.quick, { epochs: 3, batch: 16, limit: 80, validation: 0 });

const arm = (name: "arl" | "nal", paper: number): Arm => ({
  name,
  title: name.toUpperCase(),
  factors: { learning: name },
  network: "small",
  net: net(name === "arl" ? arl : nal),
  input: [32, 32, 3],
  data: "shapes",
  recipe,
  paper,
  paperResponse: [1, 0.5],
});

/** The study. */
export const smallStudy: Study = {
  name: "response",
  title: "Small | study",
  question: "Does it run?",
  source: "Table 0",
  scale: { ...SCALE_OF.tiny, recipe, testImages: 40 },
  arms: [arm("arl", 5.5), arm("nal", 6.5)],
  figure: "response",
  notes: ["a note <of> its own"],
};

/** Its data. */
export const smallData = orThrow(shapes({ count: 100, testCount: 60 }));
