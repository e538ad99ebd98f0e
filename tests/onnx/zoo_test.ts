/** Networks of every kind in the zoo as ONNX files give our logits, for any number of images. */
import { assertEquals } from "@std/assert";
import { orThrow, plan } from "../../mod.ts";
import { toOnnx } from "../../dsl/engines/onnx/mod.ts";
import { sampled, ZOO_SAMPLE } from "../_zoo_sample.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { readModel } from "./_read_model.ts";
import { answerOf, assertLogits, imagesFor, lively, open, testOnnx } from "./_runs.ts";

/** The smallest inputs on which nothing of these networks is left out. */
function inputOf(name: string): readonly [number, number, number] {
  if (name.includes("inception-resnet")) return [75, 75, 3];
  return name.startsWith("cifar/") ? [16, 16, 3] : [33, 33, 3];
}

for (const name of ZOO_SAMPLE) {
  testOnnx(`${name} as an ONNX file gives the logits of TensorFlow.js`, async () => {
    const input = inputOf(name);
    const planned = orThrow(plan(sampled(name, input), input));
    const weights = lively(planned);
    const engine = orThrow(await tfjsEngine({ backend: "wasm" }));
    try {
      await using file = await open(orThrow(toOnnx(planned, weights)));
      const { nhwc, nchw } = imagesFor(planned, 3);
      const wanted = await answerOf(engine, planned, weights, { batch: 3, images: nhwc });
      const [height, width, channels] = input;
      for (const batch of [1, 3]) {
        const data = nchw.subarray(0, batch * height * width * channels);
        const images = { shape: [batch, channels, height, width], data };
        const logits = (await file.run({ images })).get("logits");
        assertLogits(logits, wanted.subarray(0, batch * 10), `${name}, batch ${batch}`);
      }
    } finally {
      engine.dispose();
    }
  });
}

Deno.test("files of every kind of network are the same for 2 and 7 images, but for the shapes", () => {
  for (
    const name of ZOO_SAMPLE.filter((name) =>
      /^cifar\/.*(-20|-56|plain|wrn-16)|resnet-18$|v1$/.test(name)
    )
  ) {
    const input = inputOf(name);
    const planned = orThrow(plan(sampled(name, input), input));
    const weights = lively(planned);
    const [two, seven] = [2, 7].map((batch) =>
      readModel(orThrow(toOnnx(planned, weights, { batch })))
    );
    assertEquals(two?.nodes, seven?.nodes);
    assertEquals(
      two?.constants.map(({ name, dims }) => [name, dims]),
      seven?.constants.map(
        ({ name, dims }) => [name, dims],
      ),
    );
  }
});
