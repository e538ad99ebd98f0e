import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { decode } from "fast-png";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { initialParameters } from "../../dsl/programs/initial.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { conv, dense, globalAveragePool } from "../../layers/mod.ts";
import {
  attend,
  bam,
  cbam,
  chain,
  coordinateAttention,
  eca,
  hourglass,
  mask,
  nal,
  preactivation,
  squeezeExcite,
} from "../../mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { lookAt } from "../../tasks/masks/attention.ts";
import { drawMasks } from "../../tasks/masks/draw.ts";
import { channelGrid, meanMap, tellingChannels } from "../../tasks/masks/maps.ts";
import { maskSheet } from "../../tasks/masks/sheet.ts";
import { viridis } from "../../tasks/masks/viridis.ts";
import { svgToPng } from "../../tasks/charts/png.ts";
import { train } from "../../tasks/training/train.ts";
import { assertProblem } from "../data/_results.ts";
import { smallData, smallStudy } from "../study/_small_study.ts";

const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
const picture = {
  width: 32,
  height: 32,
  pixels: Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 37) % 256),
};

/** A network with its first weights, as a run would have it. */
function untrained(net: Parameters<typeof plan>[0], classes: readonly string[]) {
  const planned = orThrow(plan(net, [32, 32, 3]));
  return {
    plan: planned,
    run: { folder: "nowhere", config: "", metrics: "", steps: "", last: "", best: "", curves: "" },
    checkpoint: {
      net,
      input: [32, 32, 3],
      classes,
      normalization: {
        kind: "per-channel",
        mean: new Float32Array(3),
        std: new Float32Array(3).fill(1),
      },
      seed: 0,
      position: { epoch: 0, batch: 0, step: 0, lossSum: 0, accuracySum: 0 },
      tensors: initialParameters(planned, 3),
    },
  } as const;
}

const TEN = Array.from({ length: 10 }, (_, i) => `class ${i}`);

Deno.test("lookAt() shows trunk, mask and their product, for both ways of attention", async () => {
  const [seen] = orThrow(await lookAt(untrained(attention20(), TEN), [picture], engine));
  assertEquals(seen?.attentions.map(({ path }) => path), [
    "stage1.module1",
    "stage2.module1",
    "stage3.module1",
  ]);
  assertEquals(seen?.attentions.map(({ mask }) => [mask.height, mask.channels]), [
    [32, 32],
    [16, 64],
    [8, 128],
  ]);
  const product = (attention: NonNullable<typeof seen>["attentions"][number], one: number) => {
    const { before, mask, after } = attention;
    for (let i = 0; i < after.data.length; i += 97) {
      const expected = (one + (mask.data[i] ?? NaN)) * (before.data[i] ?? NaN);
      assertAlmostEquals(after.data[i] ?? NaN, expected, 1e-4 * Math.max(1, Math.abs(expected)));
    }
  };
  seen?.attentions.forEach((attention) => product(attention, 1));
  const naive = chain(
    conv(4),
    nal(preactivation(), mask(hourglass({ depth: 1 }))),
    globalAveragePool(),
  );
  const [other] = orThrow(await lookAt(untrained(naive, ["a", "b", "c", "d"]), [picture], engine));
  assertEquals(other?.attentions[0]?.learning, "nal");
  other?.attentions.forEach((attention) => product(attention, 0));
});

Deno.test("lookAt() shows the masks of squeeze-and-excitation and its kin, of any form", async () => {
  const forms = {
    squeezeExcite: [squeezeExcite({ ratio: 2 }), ["1x1x8"]],
    cbam: [cbam({ ratio: 2 }), ["1x1x8", "32x32x1"]],
    bam: [bam({ ratio: 2 }), ["32x32x8"]],
    eca: [eca(), ["1x1x8"]],
    coordinateAttention: [coordinateAttention(), ["32x32x8"]],
  } as const;
  for (const [name, [attention, masks]] of Object.entries(forms)) {
    const host = chain(conv(8, { kernel: 3 }), globalAveragePool());
    const net = orThrow(attend(host, attention));
    const [seen] = orThrow(await lookAt(untrained(net, TEN.slice(2)), [picture], engine));
    assertEquals(
      seen?.attentions.map(({ mask }) => `${mask.height}x${mask.width}x${mask.channels}`),
      masks,
      name,
    );
    for (const { path, learning, before, mask, after } of seen?.attentions ?? []) {
      assert(path.startsWith("attention1"), path);
      const { height, width, channels } = before;
      for (let i = 0; i < after.data.length; i += 97) {
        const [position, channel] = [Math.floor(i / channels), i % channels];
        const [y, x] = [Math.floor(position / width), position % width];
        const at = mask.height === height ? (y * mask.width + x) * mask.channels : 0;
        const m = mask.data[at + (mask.channels === channels ? channel : 0)] ?? NaN;
        const expected = ((learning === "arl" ? 1 : 0) + m) * (before.data[i] ?? NaN);
        assertAlmostEquals(after.data[i] ?? NaN, expected, 1e-4 * Math.max(1, Math.abs(expected)));
      }
    }
    const svg = maskSheet(picture, seen!, { title: name, subtitle: "a run" });
    for (const form of masks) assertStringIncludes(svg, form);
    assert(!svg.includes("NaN"));
  }
});

Deno.test("a mask of one position is shown as a cell for each channel, which lies over no picture", async () => {
  const host = chain(conv(24, { kernel: 3 }), globalAveragePool());
  const net = orThrow(attend(host, squeezeExcite({ ratio: 2 })));
  const [seen] = orThrow(await lookAt(untrained(net, TEN), [picture], engine));
  const svg = maskSheet(picture, seen!, { title: "excited", subtitle: "a run" });
  assertStringIncludes(svg, "a cell for each channel");
  const tiles = [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)];
  assertEquals(tiles.length, 4, "the picture, features before, the mask, features after");
  const { data } = decode(Uint8Array.fromBase64(tiles[2]?.[1] ?? ""));
  const colours = Array.from({ length: data.length / 3 }, (_, i) => data.slice(3 * i, 3 * i + 3));
  assertEquals(new Set(colours.map(String)).size, 24);
  const { width, height } = channelGrid(seen!.attentions[0]!.mask);
  assertEquals([height, width], [4, 6]);
});

Deno.test("a network without attention has no masks to show", async () => {
  const looked = await lookAt(untrained(globalAveragePool(), ["a", "b", "c"]), [picture], engine);
  assertProblem(looked, "masks are those of a network with attention");
});

Deno.test("a sheet has a row for each attention and is one file", async () => {
  const [seen] = orThrow(await lookAt(untrained(attention20(), TEN), [picture], engine));
  const options = { title: 'a <b> & "c"', subtitle: "a run", channels: [0, 5] };
  const svg = maskSheet(picture, seen!, options);
  assertStringIncludes(svg, "a &lt;b&gt; &amp;");
  for (const text of [".module1", "32x32x32", "8x8x128", "(1 + M) T"]) {
    assertStringIncludes(svg, text);
  }
  const tiles = [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)];
  assertEquals(tiles.length, 1 + 3 * 6);
  for (const [, base64 = ""] of tiles) {
    assertEquals(decode(Uint8Array.fromBase64(base64)).width, 96);
  }
  assert(!svg.includes("NaN") && !svg.includes("http://127"));
  assertStringIncludes(svg, "prefers-color-scheme:dark");
  const png = decode(orThrow(await svgToPng(svg, { scale: 1 })));
  const [, width] = /width="(\d+)"/.exec(svg) ?? [];
  assertEquals(png.width, Number(width));
});

Deno.test("means, telling channels and colours are what they say", () => {
  const map = { height: 1, width: 2, channels: 3, data: Float32Array.of(1, -1, 5, 3, -1, 1) };
  assertEquals([...meanMap(map).data].map((v) => Math.round(v * 3)), [5, 3]);
  assertEquals([...meanMap(map, { size: true }).data].map((v) => Math.round(v * 3)), [7, 5]);
  assertEquals(tellingChannels(map, 2), [2, 0]);
  const brightness = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const [r, g, b] = viridis(share);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
  assertEquals(brightness, brightness.toSorted((a, b) => a - b));
});

Deno.test("drawMasks() takes images of the test set and files, and names what is wrong", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { net, recipe } = smallStudy.arms[0]!;
    const out = `${folder}/run`;
    orThrow(await train({ net, data: smallData, out, recipe, engine }));
    const options = { backend: "cpu", dataset: smallData } as const;
    const [sheet] = orThrow(await drawMasks(out, ["3"], options));
    assertEquals(sheet?.name, "test-3");
    assertStringIncludes(sheet?.svg ?? "", "test image 3 of shapes: triangle");
    const given = { engine, dataset: smallData };
    assertEquals(orThrow(await drawMasks(out, ["3"], given)), [sheet]);
    assertProblem(await drawMasks(out, [3] as never, given), "numbers as text");
    assertProblem(await drawMasks(out, ["3"], { dataset: {} as never, engine }), "(data set)");
    assertProblem(await drawMasks(out, ["999"], options), "wanted  0 to 59");
    assertProblem(await drawMasks(out, ["none.png"], options), "the file must exist");
    // It is said before data and an engine are loaded.
    const unloaded = { dataset: {} as never, engine: "none" as never };
    assertProblem(await drawMasks(out, ["3", "none.png"], unloaded), "the file must exist");
    assertProblem(await drawMasks(out, ["3"], { ...unloaded, channels: [99] }), "0 to 3");
    const bare = `${folder}/bare`;
    const plain = chain(globalAveragePool(), dense(smallData.classes.length));
    orThrow(await train({ net: plain, data: smallData, out: bare, recipe, engine }));
    assertProblem(await drawMasks(bare, ["3"], unloaded), "in which nothing attends");
    assertProblem(await drawMasks(out, ["0"], { ...options, channels: [99] }), "wanted  0 to 3");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
