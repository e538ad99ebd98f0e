/** One attention module and the residual units, step by step, against the released networks. */
import { own } from "../_own.ts";
import { assertEquals } from "@std/assert";
import {
  basic,
  depth,
  type ForkPlan,
  type LayerPlan,
  leaves,
  orThrow,
  params,
  type Plan,
  plan,
  preactivation,
  resnext,
  stage,
} from "../../mod.ts";
import type { Conv } from "../../layers/mod.ts";

/** Path and type of every layer and merge, in the order of computation. */
function listing(plan: Plan): readonly string[] {
  return leaves(plan).map((leaf) => `${leaf.path} ${typeOf(leaf)}`);
}

function typeOf(leaf: LayerPlan | ForkPlan): string {
  return leaf.kind === "layer" ? leaf.layer.type : leaf.merge;
}

function convolutions(plan: Plan): readonly (Conv & { readonly path: string })[] {
  return leaves(plan).flatMap((leaf) => {
    const layer = leaf.kind === "layer" ? own(leaf.layer) : undefined;
    return layer?.type === "conv" ? [{ ...layer, path: leaf.path }] : [];
  });
}

/** The parts of a path that name units and groups, with units as one entry. */
function units(plan: Plan): readonly string[] {
  const names = listing(plan).map((line) => line.replace(/\.(unit\d+)\..*/, ".$1"));
  return names.filter((name, i) => name !== names[i - 1]);
}

Deno.test("stage(1, 2, 1) is the attention module of the paper, step by step", () => {
  const module = orThrow(plan(stage(1, 2, 1), [32, 32, 64]));
  assertEquals(units(module), [
    "module1.unit1",
    "module1.trunk.unit1",
    "module1.trunk.unit2",
    "module1.mask.down1.pool1 max_pool",
    "module1.mask.down1.unit1",
    "module1.mask.skip1.unit1",
    "module1.mask.down2.pool1 max_pool",
    "module1.mask.down2.unit1",
    "module1.mask.skip2.unit1",
    "module1.mask.down3.pool1 max_pool",
    "module1.mask.down3.unit1",
    "module1.mask.down3.unit2",
    "module1.mask.resize3 match",
    "module1.mask.add2 add",
    "module1.mask.up2.unit1",
    "module1.mask.resize2 match",
    "module1.mask.add1 add",
    "module1.mask.up1.unit1",
    "module1.mask.resize1 match",
    "module1.mask.bn1 batch_norm",
    "module1.mask.relu1 relu",
    "module1.mask.conv1 conv",
    "module1.mask.bn2 batch_norm",
    "module1.mask.relu2 relu",
    "module1.mask.conv2 conv",
    "module1.mask.sigmoid1 sigmoid",
    "module1.attend1 attend",
    "module1.unit2",
  ]);
});

Deno.test("an attention module pools 3x3 with stride 2, without padding, in ceil mode", () => {
  const pools = leaves(orThrow(plan(stage(1, 2, 1), [32, 32, 64]))).flatMap((leaf) =>
    leaf.kind === "layer" && leaf.layer.type === "max_pool" ? [leaf] : []
  );
  assertEquals(pools.map(({ output }) => output), [[16, 16, 64], [8, 8, 64], [4, 4, 64]]);
  for (const { layer } of pools) {
    assertEquals(layer, {
      type: "max_pool",
      window: [3, 3],
      stride: [2, 2],
      padding: "valid",
      ceil: true,
    });
  }
});

Deno.test("trunk and mask start from the raw sum of the unit before", () => {
  const [first, , trunk] = leaves(orThrow(plan(stage(1, 1, 1), [8, 8, 16]))).filter((leaf) =>
    leaf.kind === "fork" || leaf.path.includes("trunk")
  );
  assertEquals(first?.path, "module1.unit1.add1");
  assertEquals(trunk?.path, "module1.trunk.unit1.relu1");
});

Deno.test("the mask keeps the trunk's width, its 1x1 convolutions have no bias", () => {
  const tail = convolutions(orThrow(plan(stage(1, 2, 1), [32, 32, 64]))).filter(({ path }) =>
    /mask\.conv\d$/.test(path)
  );
  assertEquals(tail.map(({ width, kernel, bias }) => ({ width, kernel, bias })), [
    { width: "same", kernel: [1, 1], bias: false },
    { width: "same", kernel: [1, 1], bias: false },
  ]);
});

Deno.test("stage(2, 4, 3) has p, t and r units where the paper has them", () => {
  const names = units(orThrow(plan(stage(2, 4, 3, { depth: 2 }), [16, 16, 64])));
  const count = (prefix: string) =>
    names.filter((name) => name.startsWith(`${prefix}.unit`)).length;
  assertEquals(count("module1"), 4);
  assertEquals(count("module1.trunk"), 4);
  assertEquals(count("module1.mask.down1"), 3);
  assertEquals(count("module1.mask.skip1"), 1);
  assertEquals(count("module1.mask.down2"), 6);
  assertEquals(count("module1.mask.up1"), 3);
  assertEquals(count("module1.mask.skip2") + count("module1.mask.up2"), 0);
});

Deno.test("an attention module comes back to its own size on odd maps", () => {
  for (const [height, width] of [[7, 7], [9, 13], [33, 17], [5, 6]] as const) {
    const module = orThrow(plan(stage(1, 1, 1, { depth: 2 }), [height, width, 8]));
    assertEquals(module.output, [height, width, 8]);
  }
});

Deno.test("stage() differs in its merge alone between arl and nal", () => {
  const arl = listing(orThrow(plan(stage(1, 2, 1), [32, 32, 64])));
  const nal = listing(orThrow(plan(stage(1, 2, 1, { learning: "nal" }), [32, 32, 64])));
  assertEquals(nal, arl.map((line) => line.replace("attend1 attend", "gate1 gate")));
});

Deno.test("preactivation() is BN ReLU 1x1, BN ReLU 3x3, BN ReLU 1x1 over the raw input", () => {
  const unit = orThrow(plan(preactivation(), [32, 32, 64]));
  assertEquals(listing(unit), [
    "unit1.bn1 batch_norm",
    "unit1.relu1 relu",
    "unit1.conv1 conv",
    "unit1.bn2 batch_norm",
    "unit1.relu2 relu",
    "unit1.conv2 conv",
    "unit1.bn3 batch_norm",
    "unit1.relu3 relu",
    "unit1.conv3 conv",
    "unit1.add1 add",
  ]);
  assertEquals(params(unit).weights, 64 * 16 + 9 * 16 * 16 + 16 * 64);
  assertEquals(convolutions(unit).map(({ kernel, stride, bias }) => [kernel, stride, bias]), [
    [[1, 1], [1, 1], false],
    [[3, 3], [1, 1], false],
    [[1, 1], [1, 1], false],
  ]);
});

Deno.test("preactivation() that widens has its stride on the 3x3 and projects what BN and ReLU made", () => {
  const unit = orThrow(plan(preactivation({ width: 128, stride: 2 }), [32, 32, 64]));
  assertEquals(unit.output, [16, 16, 128]);
  assertEquals(listing(unit), [
    "unit1.bn1 batch_norm",
    "unit1.relu1 relu",
    "unit1.projection conv",
    "unit1.conv1 conv",
    "unit1.bn2 batch_norm",
    "unit1.relu2 relu",
    "unit1.conv2 conv",
    "unit1.bn3 batch_norm",
    "unit1.relu3 relu",
    "unit1.conv3 conv",
    "unit1.add1 add",
  ]);
  const [projection, reduce, middle, expand] = convolutions(unit);
  assertEquals([projection?.kernel, projection?.stride, projection?.bias], [[1, 1], [2, 2], false]);
  assertEquals(reduce?.stride, [1, 1]);
  assertEquals([middle?.kernel, middle?.stride, middle?.padding], [[3, 3], [2, 2], [1, 1, 1, 1]]);
  assertEquals(expand?.stride, [1, 1]);
  assertEquals(params(unit).weights, 64 * 128 + 64 * 32 + 9 * 32 * 32 + 32 * 128);
});

Deno.test("resnext() is 1x1 BN ReLU, 3x3 in 32 groups BN ReLU, 1x1 BN, sum, ReLU", () => {
  const unit = orThrow(plan(resnext(), [14, 14, 256]));
  assertEquals(listing(unit), [
    "unit1.conv1 conv",
    "unit1.bn1 batch_norm",
    "unit1.relu1 relu",
    "unit1.conv2 conv",
    "unit1.bn2 batch_norm",
    "unit1.relu2 relu",
    "unit1.conv3 conv",
    "unit1.bn3 batch_norm",
    "unit1.add1 add",
    "unit1.relu3 relu",
  ]);
  assertEquals(convolutions(unit).map(({ groups }) => groups), [1, 32, 1]);
  assertEquals(params(unit).weights, 256 * 128 + 9 * 4 * 128 + 128 * 256);
});

Deno.test("resnext() projects its input and gives the projection a batch norm", () => {
  const unit = orThrow(plan(resnext({ width: 512, stride: 2 }), [14, 14, 256]));
  assertEquals(unit.output, [7, 7, 512]);
  assertEquals(listing(unit).slice(0, 2), [
    "unit1.projection.conv1 conv",
    "unit1.projection.bn1 batch_norm",
  ]);
  assertEquals(convolutions(unit)[0]?.stride, [2, 2]);
});

Deno.test("a ResNeXt module's mask has no BN and ReLU before its first 1x1", () => {
  const options = { unit: resnext({ groups: 4 }), units: "postactivation" } as const;
  const names = units(orThrow(plan(stage(1, 1, 1, { ...options, depth: 1 }), [8, 8, 16])));
  const after = names.slice(names.indexOf("module1.mask.resize1 match") + 1);
  assertEquals(after.slice(0, 5), [
    "module1.mask.conv1 conv",
    "module1.mask.bn1 batch_norm",
    "module1.mask.relu1 relu",
    "module1.mask.conv2 conv",
    "module1.mask.sigmoid1 sigmoid",
  ]);
});

Deno.test("basic() is two 3x3 convolutions, each after BN and ReLU", () => {
  const unit = orThrow(plan(basic(), [16, 16, 32]));
  assertEquals(convolutions(unit).map(({ kernel }) => kernel), [[3, 3], [3, 3]]);
  assertEquals(depth(unit), 2);
  assertEquals(params(unit).weights, 2 * 9 * 32 * 32);
});

Deno.test("depth counts neither projections nor masks", () => {
  assertEquals(depth(orThrow(plan(preactivation({ width: 32, stride: 2 }), [8, 8, 16]))), 3);
  assertEquals(depth(orThrow(plan(stage(1, 2, 1), [32, 32, 64]))), 12);
  assertEquals(depth(orThrow(plan(stage(1, 2, 1, { learning: "nal" }), [32, 32, 64]))), 12);
});
