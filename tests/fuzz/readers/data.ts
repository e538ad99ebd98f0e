/** Data sets. */
import { gzipSync } from "node:zlib";
import { concat } from "@std/bytes";
import { join } from "@std/path";
import { cifar10Binary } from "../../../tasks/data/cifar_binary.ts";
import { checkDataset, type Dataset, type ImageSet } from "../../../tasks/data/dataset.ts";
import { idx } from "../../../tasks/data/idx.ts";
import { loadDataset } from "../../../tasks/data/load.ts";
import { type Bytes, changedBytes, textBytes } from "../bytes.ts";
import { judged, type Reader, written } from "../reader.ts";
import { files } from "./_files.ts";

const PICKLES = join(import.meta.dirname ?? "", "../../fixtures/cifar_python");

export const DATA: Readonly<Record<string, Reader>> = {
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
};

const RECORD = new Uint8Array(3073);
const NAMES = Array.from({ length: 10 }, (_, i) => `class ${i}\n`).join("");

/** Two pictures of 2 x 3 pixels with their labels, as IDX files. */
const GREY: readonly Bytes[] = [
  concat([
    Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3),
    Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
  ]),
  Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 0),
];

function faultOfDataset(dataset: Dataset<ImageSet>): string | undefined {
  const judged = checkDataset(dataset);
  return judged._tag === "Left" ? judged.left[0]?.rule : undefined;
}
