/** Everything of netfold that reads files from outside. */
import { gzipSync } from "node:zlib";
import { concat } from "@std/bytes";
import { join } from "@std/path";
import { chain, equal, fromJSON, plan, toJSON } from "../../mod.ts";
import { network } from "../../nets/mod.ts";
import {
  conv,
  dense,
  dropout,
  globalAveragePool,
  maxPool,
  relu,
  resize,
} from "../../layers/mod.ts";
import type { Net } from "../../dsl/net/net.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { sizeOf } from "../../dsl/net/shape.ts";
import { idx } from "../../tasks/data/idx.ts";
import { cifar10Binary } from "../../tasks/data/cifar_binary.ts";
import { checkDataset, type Dataset, type ImageSet } from "../../tasks/data/dataset.ts";
import { decodeImage, type RgbImage } from "../../tasks/data/image_file.ts";
import { loadDataset } from "../../tasks/data/load.ts";
import { readRawCache, splitFiles, writeRawCache } from "../../tasks/data/raw_cache.ts";
import { readMetrics } from "../../tasks/files/metrics.ts";
import { runAt } from "../../tasks/files/run_folder.ts";
import { readSteps } from "../../tasks/files/steps.ts";
import { decodeSafetensors, type SafetensorsFile } from "../../tasks/files/safetensors.ts";
import { decodeFloats } from "../../tasks/files/safetensors_floats.ts";
import { readStateDict } from "../../tasks/import/state_dict.ts";
import { readPublished } from "../../tasks/study/results_file.ts";
import { readBrokenFiles } from "../../tasks/training/broken_files.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import { configToJson, openRunIn } from "../../tasks/training/config.ts";
import { epochsOf, testOf } from "../../tasks/training/record.ts";
import { makePng } from "../data/_make_png.ts";
import { encodedPicture } from "../data/_encoded_pictures.ts";
import { jpeg, png } from "../data/_pictures.ts";
import { type Bytes, changedBytes, numberBytes, textBytes } from "./bytes.ts";
import type { Dice } from "./dice.ts";
import { changedJpeg } from "./jpeg.ts";
import { changedJsonText } from "./json.ts";
import { changedPng } from "./png.ts";
import { judged, type Reader, written } from "./reader.ts";
import { changedWeights } from "./weights.ts";
import { changedZip } from "./zip.ts";

const FIXTURES = join(import.meta.dirname ?? "", "../fixtures/run_0_2");
const PICKLES = join(import.meta.dirname ?? "", "../fixtures/cifar_python");
const STATE_DICTS = join(import.meta.dirname ?? "", "../fixtures/state_dict");
const RESULTS = join(import.meta.dirname ?? "", "../../docs/results");

/** All readers, by name. */
export const READERS: Readonly<Record<string, Reader>> = {
  network: {
    whole: () => Promise.resolve(NETWORKS.map((net) => textBytes(toJSON(net)))),
    change: changedJsonBytes,
    read: judged((bytes) => fromJSON(textOf(bytes)), (net) => {
      if (!equal(net, orThrow(fromJSON(toJSON(net))))) return "its JSON gives another network";
      plan(net, [32, 32, 3]);
      return undefined;
    }),
  },
  config: {
    whole: () => files(FIXTURES, "adamw_stopped/config.json", "sgd_stopped/config.json"),
    change: changedJsonBytes,
    read: async (bytes, folder) => {
      const read = (content: Uint8Array | string) =>
        written(folder, { "config.json": content }, () => openRunIn({}, folder));
      const opened = await read(bytes);
      if (opened._tag === "Left") return opened;
      const config = configToJson(opened.right.config);
      const again = orThrow(await read(JSON.stringify({ format: 1, config })));
      if (equal(configToJson(again.config), config)) return opened;
      throw new Error("accepted, though what it writes is another configuration");
    },
  },
  metrics: {
    whole: () => files(FIXTURES, "adamw_stopped/metrics.jsonl", "sgd_stopped/metrics.jsonl"),
    change: changedLines,
    read: judged(
      (bytes, folder) =>
        written(folder, { "metrics.jsonl": bytes }, () => readMetrics(runAt(folder))),
      (records) => {
        epochsOf(records);
        testOf(records);
        return undefined;
      },
    ),
  },
  steps: {
    whole: () => Promise.resolve([textBytes(STEPS)]),
    change: changedLines,
    read: judged(
      (bytes, folder) => written(folder, { "steps.csv": bytes }, () => readSteps(runAt(folder))),
      (steps) => {
        const numbers = steps.flatMap((step) => Object.values(step));
        return numbers.every(Number.isFinite) ? undefined : "a number is not finite";
      },
    ),
  },
  results: {
    whole: () => files(RESULTS, "noise.json", "response.json", "recipe.json"),
    change: changedJsonBytes,
    read: (bytes, folder) =>
      written(folder, { "results.json": bytes }, () => readPublished(folder)),
  },
  broken: {
    whole: () => {
      const listed = { path: "a/b.png", rule: "the file must be a PNG", got: "a JPEG" };
      const list = { count: 2, files: [listed, { ...listed, path: "c.png" }] };
      return Promise.resolve([textBytes(JSON.stringify(list))]);
    },
    change: changedJsonBytes,
    read: (bytes, folder) =>
      written(folder, { "broken_files.json": bytes }, () => readBrokenFiles(folder)),
  },
  png: {
    whole: async () => [
      ...[png(5, 4), png(4, 4, { channels: 1, depth: 16 })].map((bytes) => Uint8Array.from(bytes)),
      ...await Promise.all(PNGS.map(async (parts) => Uint8Array.from(await makePng(parts)))),
    ],
    change: changedPng,
    read: judged((bytes) => decodeImage(bytes, "a.png"), faultOfImage),
  },
  jpeg: {
    whole: () =>
      Promise.resolve([jpeg(9, 7), jpeg(33, 20), ...JPEGS].map((x) => Uint8Array.from(x))),
    change: changedJpeg,
    read: judged((bytes) => decodeImage(bytes, "a.jpg"), faultOfImage),
  },
  webp: {
    whole: () =>
      Promise.resolve(
        (["turned.webp", "clear.webp", "lossy.webp"] as const).map(encodedPicture),
      ),
    change: changedBytes,
    read: judged((bytes) => decodeImage(bytes, "a.webp"), faultOfImage),
  },
  safetensors: {
    whole: () => files(FIXTURES, "adamw_stopped/last.safetensors", "sgd_stopped/best.safetensors"),
    change: changedWeights,
    read: judged((bytes) => decodeSafetensors(bytes, "a.safetensors"), faultOfWeights),
  },
  checkpoint: {
    whole: () => files(FIXTURES, "adamw_stopped/last.safetensors", "sgd_stopped/best.safetensors"),
    change: changedWeights,
    read: judged(
      (bytes, folder) =>
        written(
          folder,
          { "last.safetensors": bytes },
          () => loadCheckpoint(join(folder, "last.safetensors")),
        ),
      ({ net, input, tensors }) => {
        orThrow(fromJSON(toJSON(net)));
        plan(net, input);
        return faultOfWeights({ tensors });
      },
    ),
  },
  floats: {
    whole: () => Promise.resolve([FLOATS]),
    change: changedWeights,
    read: judged((bytes) => decodeFloats(bytes, "a.safetensors"), faultOfWeights),
  },
  "state-dict": {
    whole: () => files(STATE_DICTS, "two_tensors.pth"),
    change: changedZip,
    read: judged(async (bytes, folder) => {
      const { python } = await import("../torch/_torch.ts");
      return await written(
        folder,
        { "a.pth": bytes },
        () => readStateDict(join(folder, "a.pth"), python),
      );
    }, faultOfWeights),
    // Each case starts Python.
    share: 0.02,
    missing: async () => {
      const { findTorch, python } = await import("../torch/_torch.ts");
      const torch = findTorch();
      return "missing" in torch ? `no PyTorch in ${python}` : undefined;
    },
  },
  idx: {
    whole: () => Promise.resolve(GREY.map((bytes) => Uint8Array.from(bytes))),
    change: changedBytes,
    read: judged((bytes, folder) => {
      const [images = bytes, labels = bytes] = GREY;
      const own = bytes[3] === 1 ? { images, labels: bytes } : { images: bytes, labels };
      const all = {
        "train-images-idx3-ubyte": own.images,
        "train-labels-idx1-ubyte": own.labels,
        "t10k-images-idx3-ubyte": images,
        "t10k-labels-idx1-ubyte": labels,
      };
      return written(folder, all, () => idx(folder, { name: "mnist" }));
    }, faultOfDataset),
  },
  gzip: {
    whole: () => Promise.resolve(GREY.slice(0, 1).map((bytes) => Uint8Array.from(gzipSync(bytes)))),
    change: changedBytes,
    read: judged((bytes, folder) => {
      const [images = bytes, labels = bytes] = GREY;
      const all = {
        "train-images-idx3-ubyte.gz": bytes,
        "train-labels-idx1-ubyte": labels,
        "t10k-images-idx3-ubyte": images,
        "t10k-labels-idx1-ubyte": labels,
      };
      return written(folder, all, () => idx(folder, { name: "mnist" }));
    }, faultOfDataset),
  },
  cifar: {
    whole: () => Promise.resolve([Uint8Array.from({ length: 2 * 3073 }, (_, i) => i % 10)]),
    change: changedBytes,
    read: judged((bytes, folder) => {
      const batches = [1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, i === 1 ? bytes : RECORD]);
      const all = {
        ...Object.fromEntries(batches),
        "test_batch.bin": RECORD,
        "batches.meta.txt": NAMES,
      };
      return written(folder, all, () => cifar10Binary(folder));
    }, faultOfDataset),
  },
  names: {
    whole: () => Promise.resolve([textBytes(NAMES)]),
    change: changedBytes,
    read: judged((bytes, folder) => {
      const batches = [1, 2, 3, 4, 5].map((i) => [`data_batch_${i}.bin`, RECORD]);
      const all = {
        ...Object.fromEntries(batches),
        "test_batch.bin": RECORD,
        "batches.meta.txt": bytes,
      };
      return written(folder, all, () => cifar10Binary(folder));
    }, faultOfDataset),
  },
  pickle: {
    whole: () => files(PICKLES, "batch", "batches.meta"),
    change: changedBytes,
    read: judged(async (bytes, folder) => {
      const [batch = bytes, meta = bytes] = await files(PICKLES, "batch", "batches.meta");
      const isMeta = bytes.length < batch.length / 2;
      const names = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`);
      const batches = names.map((name, i) => [name, i === 0 && !isMeta ? bytes : batch]);
      const all = {
        ...Object.fromEntries(batches),
        "test_batch": batch,
        "batches.meta": isMeta ? bytes : meta,
      };
      return await written(folder, all, () => loadDataset(`cifar10:${folder}`));
    }, faultOfDataset),
  },
  manifest: {
    whole: async (folder) => {
      orThrow(await writeRawCache(folder, splitFiles({ train: SPLIT, test: SPLIT })));
      return await files(folder, "manifest.json");
    },
    change: changedJsonBytes,
    read: async (bytes, folder) => {
      const cached = splitFiles({ train: SPLIT, test: SPLIT });
      const all = Object.fromEntries(cached);
      const read = await written(
        folder,
        { ...all, "manifest.json": bytes },
        () => readRawCache(folder, [...cached.keys()]),
      );
      if (read._tag === "Left" || read.right.state === "whole") return read;
      return {
        _tag: "Left",
        left: [{
          path: "manifest.json",
          layer: "file",
          code: "damaged-cache",
          rule: "a cache is as its manifest says",
          got: read.right.state === "damaged" ? read.right.reason : "no cache",
          wanted: "a whole cache",
          hint: "",
        }],
      };
    },
  },
};

/** Each type of float once, and what is none. */
const FLOATS: Bytes = (() => {
  const sizes = { F32: 4, F16: 2, BF16: 2, F64: 8, I64: 8 };
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(sizes).map(([dtype, size]) => {
      const start = at;
      at += 4 * size;
      return [`layer.${dtype}`, { dtype, shape: [2, 2], data_offsets: [start, at] }];
    }),
  );
  const text = textBytes(JSON.stringify(header));
  const length = Uint8Array.from(numberBytes(BigInt(text.length), 8, true));
  return concat([length, text, Uint8Array.from({ length: at }, (_, i) => i)]);
})();

const JPEGS = ([
  ...["adobe_rgb.jpg", "cmyk_unmarked.jpg", "grey_restarts.jpg", "progressive_restarts.jpg"],
  ...["upright.jpg", "ycck.jpg"],
] as const).map(encodedPicture);

const RECORD = new Uint8Array(3073);
const NAMES = Array.from({ length: 10 }, (_, i) => `class ${i}\n`).join("");
const SPLIT = { pixels: Uint8Array.of(1, 2, 3), labels: Uint8Array.of(0) };

const STEPS = [
  "step,epoch,loss,accuracy,rate,gradientNorm,seconds",
  "1,1,2.30258512,0.109375,0.05,0.0699583292,1.25",
  "2,1,2.29,,0.1,,0.5",
  "3,2,1.75,0.5,0,12.5,1e-9\n",
].join("\n");

const NETWORKS: readonly Net[] = [
  orThrow(network("cifar/attention-56")).net,
  orThrow(network("imagenet/inception-resnet-v2")).net,
  chain(conv(8, { kernel: 3, stride: 2 }), relu(), dropout(0.1), globalAveragePool(), dense(10)),
  chain(maxPool(2), resize([4, 4]), conv("same"), dense(3)),
];

const PNGS = [
  { width: 4, height: 2, depth: 8, colourType: 3, rows: [[0, 1, 2, 1], [1, 1, 0, 2]] },
  { width: 9, height: 2, depth: 1, colourType: 0, rows: [[0xaa, 0x80], [0x55, 0]] },
  { width: 2, height: 1, depth: 8, colourType: 6, rows: [[9, 8, 7, 0, 1, 2, 3, 255]] },
  { width: 1, height: 1, depth: 8, colourType: 2, rows: [[1, 2, 3]] },
].map((parts) =>
  parts.colourType === 3 ? { ...parts, palette: [9, 9, 9, 0, 5, 0, 1, 1, 1] } : parts
);

/** Two pictures of 2 x 3 pixels with their labels, as IDX files. */
const GREY: readonly Bytes[] = [
  concat([
    Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3),
    Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
  ]),
  Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 0),
];

function files(folder: string, ...names: readonly string[]): Promise<readonly Bytes[]> {
  return Promise.all(names.map((name) => Deno.readFile(join(folder, name))));
}

function textOf(bytes: Bytes): string {
  return new TextDecoder().decode(bytes);
}

function changedJsonBytes(bytes: Bytes, dice: Dice): Bytes {
  return textBytes(changedJsonText(textOf(bytes), dice));
}

function changedLines(bytes: Bytes, dice: Dice): Bytes {
  const lines = textOf(bytes).split("\n");
  const at = dice.below(lines.length);
  return textBytes(lines.with(at, changedJsonText(lines[at] ?? "", dice)).join("\n"));
}

function faultOfImage({ width, height, pixels }: RgbImage): string | undefined {
  return width >= 1 && height >= 1 && pixels.length === 3 * width * height
    ? undefined
    : `${pixels.length} bytes are not ${width} x ${height} pixels`;
}

function faultOfWeights({ tensors }: Pick<SafetensorsFile, "tensors">): string | undefined {
  const wrong = [...tensors].find(([, { shape, data }]) => sizeOf(shape) !== data.length);
  return wrong && `${wrong[0]} is not filled`;
}

function faultOfDataset(dataset: Dataset<ImageSet>): string | undefined {
  const judged = checkDataset(dataset);
  return judged._tag === "Left" ? judged.left[0]?.rule : undefined;
}
