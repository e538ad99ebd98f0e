/**
 * Data for training and prediction: data sets (CIFAR-10 and a procedural one),
 * hold-outs, normalisation, augmentation, batches, and image files.
 *
 * Nothing here loads an engine. Only {@link cifar10}, {@link loadDataset},
 * {@link cacheFolder} and {@link readImage} need permissions.
 *
 * @module
 */
export type { Key } from "../../dsl/random.ts";
export { checkDataset, type Dataset, imageBytes, type Images, type ImageShape } from "./dataset.ts";
export type { OnProgress, Progress } from "./progress.ts";
export { cacheFolder } from "./cache_folder.ts";
export { cifar10, CIFAR10_CLASSES, type Cifar10Options, type Cifar10Source } from "./cifar10.ts";
export { shapes, type ShapesOptions } from "./shapes.ts";
export { DATASET_NAMES, loadDataset, type LoadOptions } from "./load.ts";
export { limit, type SplitOptions, splitTrain, type TrainSplit } from "./split.ts";
export {
  type Normalization,
  type PerChannel,
  perChannel,
  type PerPixelMean,
  perPixelMean,
  type PerPixelMeanOptions,
} from "./normalize.ts";
export {
  normalizationFromJson,
  type NormalizationJson,
  normalizationToJson,
} from "./normalization_json.ts";
export type { Augmentation } from "./augment.ts";
export { type Batch, batchCount, type Batches, batches, type BatchOptions } from "./batches.ts";
export { prefetch } from "./prefetch.ts";
export { decodeImage, readImage, type RgbImage } from "./image_file.ts";
export { prepareImage, type PrepareOptions } from "./prepare_image.ts";
