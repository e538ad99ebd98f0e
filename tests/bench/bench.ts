/**
 * The benchmark behind every claim of speed: ours and its peer in one run, on
 * the same machine, as ratios. `deno task bench` runs it; `deno task bench
 * step plan` chooses parts, `--help` lists them.
 */
import * as tf from "@tensorflow/tfjs-core";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { initialParameters, initialState } from "../../dsl/programs/initial.ts";
import { inference } from "../../dsl/programs/inference.ts";
import { trainingStep } from "../../dsl/programs/training_step.ts";
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { params } from "../../dsl/interpreters/counts/params.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { seedKey, uniforms } from "../../dsl/programs/random.ts";
import { chain } from "../../dsl/net/combinators.ts";
import { relu } from "../../layers/relu.ts";
import { network } from "../../nets/zoo.ts";
import { readOptions } from "./_options.ts";
import { median } from "./_rounds.ts";
import { tapeStep } from "./_tape.ts";
import { layersModel } from "./_tf_layers.ts";

const BATCH = 16;

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** Runs two things in turn, so that both meet the same machine, and prints their ratio. */
function compare(
  title: string,
  ours: () => void,
  peer: { readonly name: string; readonly run: () => void },
  { rounds, target }: { readonly rounds: number; readonly target: number },
): void {
  ours();
  peer.run();
  const pairs = Array.from({ length: rounds }, () => [milliseconds(ours), milliseconds(peer.run)]);
  const ourTime = median(pairs.map(([a = NaN]) => a));
  const peerTime = median(pairs.map(([, b = NaN]) => b));
  const rate = (time: number) => `${(1000 * BATCH / time).toFixed(1)} images/s`;
  console.log(title);
  console.log(`  netfold        ${ourTime.toFixed(0).padStart(7)} ms  ${rate(ourTime)}`);
  console.log(`  ${peer.name.padEnd(14)} ${peerTime.toFixed(0).padStart(7)} ms  ${rate(peerTime)}`);
  const ratio = median(pairs.map(([a = NaN, b = NaN]) => b / a));
  console.log(`  ratio          ${ratio.toFixed(2).padStart(7)}     target ${target} or more`);
}

async function compareEngines(parts: ReadonlySet<string>): Promise<void> {
  const { net, input } = orThrow(network("cifar/attention-56"));
  const planned = orThrow(plan(net, input));
  const parameters = initialParameters(planned, 0);
  const images = uniforms(seedKey(1), BATCH * 3072).map((x) => x - 0.5);
  const targets = new Float32Array(BATCH * 10);
  for (let i = 0; i < BATCH; i++) targets[i * 10 + i % 10] = 1;
  // One thread, as the library has in Deno.
  const engine = orThrow(await tfjsEngine({ backend: "wasm", threads: 1 }));
  console.log(`cifar/attention-56, batch ${BATCH}, ${engine.description}\n`);

  if (parts.has("step")) {
    const graph = trainingStep(planned, {
      batch: BATCH,
      optimizer: { kind: "sgd", weightDecay: 0 },
    });
    const program = engine.load(graph);
    let state = engine.upload(initialState(graph, parameters));
    const rate = Float32Array.of(0.01);
    const ours = () => {
      const { state: next } = program.run(state, { images, targets, rate });
      engine.free(state);
      state = next;
    };
    const step = tapeStep(planned, parameters, 0.01);
    const peer = { name: "tfjs's tape", run: () => void step(images, targets, BATCH) };
    compare("training step", ours, peer, { rounds: 3, target: 4 });
    engine.free(state);
    program.dispose();
  }
  if (parts.has("inference")) {
    const program = engine.load(inference(planned, BATCH));
    const state = engine.upload(parameters);
    const model = layersModel(planned, parameters);
    const x = tf.tensor(images, [BATCH, ...input], "float32");
    const ours = () => void program.run(state, { images });
    const run = () => {
      const y = model.predict(x) as tf.Tensor;
      y.dataSync();
      y.dispose();
    };
    compare("inference", ours, { name: "tf.layers", run }, { rounds: 9, target: 1.5 });
    x.dispose();
    program.dispose();
    engine.free(state);
  }
  engine.dispose();
}

function timePlanning(): void {
  const zoo = (name: string) => orThrow(network(name));
  const long = chain(...Array.from({ length: 10_000 }, () => relu()));
  const subjects = [
    { ...zoo("cifar/attention-452"), target: "10 ms or less" },
    { ...zoo("imagenet/attention-92"), target: "10 ms or less" },
    { name: "a chain of 10,000 layers", net: long, input: [32, 32, 16], target: "no overflow" },
  ];
  for (const { name, net, input, target } of subjects) {
    const work = () => {
      const planned = orThrow(plan(net, input));
      return [params(planned), cost(planned)];
    };
    const first = milliseconds(work);
    const times = Array.from({ length: 20 }, () => milliseconds(work));
    const once = `(first time ${first.toFixed(1)} ms)`;
    console.log(`planning and counting ${name}`);
    console.log(`  netfold        ${median(times).toFixed(1).padStart(7)} ms  ${once}`);
    console.log(`  target         ${target}`);
  }
}

async function timeSummary(): Promise<void> {
  const empty = await Deno.makeTempFile({ suffix: ".ts" });
  const root = new URL("../../", import.meta.url);
  const run = async (args: readonly string[]): Promise<number> => {
    const start = performance.now();
    const { success } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: root })
      .output();
    if (!success) throw new Error(`deno ${args.join(" ")} failed`);
    return performance.now() - start;
  };
  const ours: number[] = [];
  const peer: number[] = [];
  for (let i = 0; i < 11; i++) {
    ours.push(
      await run([
        "run",
        "--no-lock",
        "--allow-read",
        "tasks/cli/main.ts",
        "summary",
        "cifar/attention-56",
      ]),
    );
    peer.push(await run(["run", "--no-lock", empty]));
  }
  await Deno.remove(empty);
  console.log("summary of cifar/attention-56 from the shell");
  console.log(`  netfold        ${median(ours).toFixed(0).padStart(7)} ms`);
  console.log(`  empty script   ${median(peer).toFixed(0).padStart(7)} ms`);
  const ratio = (median(ours) / median(peer)).toFixed(2);
  console.log(`  ratio          ${ratio.padStart(7)}     target 2 or less`);
}

if (import.meta.main) {
  const { parts, nets, json, options } = readOptions(Deno.args);
  // These look for Python or a browser when they load, and help needs none.
  const { besideTorch, loopOverhead, machine } = await import("./_torch.ts");
  const { besideHandwritten } = await import("./_torch_module.ts");
  const { networkTable } = await import("./_networks.ts");
  if (parts.has("step") || parts.has("inference")) await compareEngines(parts);
  if (parts.has("plan")) timePlanning();
  if (parts.has("summary")) await timeSummary();
  if (parts.has("board")) await (await import("./_board.ts")).timeBoard();
  const figures = {
    ...options,
    machine: await machine(),
    ...(parts.has("torch-step") ? { step: await besideTorch("step", options) } : {}),
    ...(parts.has("torch-inference") ? { inference: await besideTorch("inference", options) } : {}),
    ...(parts.has("torch-module")
      ? {
        moduleStep: await besideHandwritten("step", options),
        moduleInference: await besideHandwritten("inference", options),
      }
      : {}),
    ...(parts.has("overhead") ? { loop: await loopOverhead(options) } : {}),
    ...(parts.has("networks") ? { table: await networkTable(nets, options) } : {}),
  };
  if (json !== undefined) await Deno.writeTextFile(json, `${JSON.stringify(figures, null, 2)}\n`);
}
