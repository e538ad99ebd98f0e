/**
 * Files pass ONNX's own checker and give our logits in Python's ONNX Runtime.
 * The interpreter is that of NETFOLD_PYTHON, else `python3`; without the
 * packages onnx and onnxruntime the tests are skipped, unless
 * NETFOLD_REQUIRE_ONNX is set.
 */
import { assertEquals, assertGreater } from "@std/assert";
import { join } from "@std/path";
import { orThrow, plan } from "../../mod.ts";
import { network } from "../../nets/mod.ts";
import { toOnnx, trainingStepToOnnx } from "../../dsl/engines/onnx/mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { sampled } from "../_zoo_sample.ts";
import { testFile } from "../torch/_torch.ts";
import { checked, python, testPython } from "./_python.ts";
import { answerOf, assertLogits, imagesFor, lively } from "./_runs.ts";

for (
  const name of [
    "cifar/attention-20",
    "cifar/attention-56",
    "imagenet/attentioninception-56",
    "cifar/wrn-16-8",
  ]
) {
  testPython(`${name} passes ONNX's checker and gives our logits in Python`, async (folder) => {
    const input = name.startsWith("cifar/") ? [32, 32, 3] : [64, 64, 3];
    const planned = orThrow(plan(sampled(name, input), input));
    const weights = lively(planned);
    const { nhwc, nchw } = imagesFor(planned, 3);
    const engine = orThrow(await tfjsEngine({ backend: "wasm" }));
    const wanted = await answerOf(engine, planned, weights, { batch: 3, images: nhwc });
    engine.dispose();
    await Deno.writeFile(join(folder, "images"), new Uint8Array(nchw.buffer));
    for (const batch of ["dynamic", 3] as const) {
      const path = join(folder, `${batch}.onnx`);
      await Deno.writeFile(path, orThrow(toOnnx(planned, weights, { batch })));
      const { inputs, logits, described } = await checked(path, join(folder, "images"));
      assertEquals([inputs, described], [["images"], true]);
      assertLogits(Float32Array.from(logits), wanted, `${name} in Python`);
    }
  });
}

testPython("a training step passes ONNX's checker", async (folder) => {
  const { net, input } = orThrow(network("cifar/attention-20"));
  const planned = orThrow(plan(net, input));
  const path = join(folder, "step.onnx");
  const optimizer = { kind: "adamw" } as const;
  await Deno.writeFile(path, trainingStepToOnnx(planned, { batch: 2, optimizer }));
  await python(
    "-c",
    "import onnx, sys; onnx.checker.check_model(sys.argv[1], full_check=True)",
    path,
  );
});

/** The blocks of Python in docs/export.md. */
async function documented(): Promise<readonly string[]> {
  const document = await Deno.readTextFile(testFile("../docs/export.md"));
  return [...document.matchAll(/```python\n(.*?)```/gs)].map(([, source = ""]) => source);
}

testPython(
  "the Python of docs/export.md runs a file, and makes one of eight bits",
  async (folder) => {
    const planned = orThrow(plan(orThrow(network("cifar/attention-20")).net, [32, 32, 3]));
    const path = join(folder, "cifar-attention-8-1.onnx");
    await Deno.writeFile(path, orThrow(toOnnx(planned, lively(planned))));
    const [running = "", quantising = ""] = await documented();
    const said = await python("-c", `import os; os.chdir(${JSON.stringify(folder)})\n${running}`);
    assertEquals(said.trim().split(" ").at(-1), "17997056");
    const both = await python(
      "-c",
      `import os; os.chdir(${JSON.stringify(folder)})
import numpy, onnxruntime
images = numpy.random.default_rng(0).normal(size=(128, 3, 32, 32)).astype(numpy.float32)
numpy.save("images.npy", images)
${quantising}
logits = [
    onnxruntime.InferenceSession(name).run(["logits"], {"images": images})[0]
    for name in ("cifar-attention-8-1.onnx", "int8.onnx")
]
print(numpy.corrcoef(*(values.ravel() for values in logits))[0, 1])`,
    );
    assertGreater(Number(both.trim().split("\n").at(-1)), 0.99);
  },
);
