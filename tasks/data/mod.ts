/**
 * Data for training and prediction: data sets (CIFAR-10 and -100,
 * Fashion-MNIST and other IDX files, folders of pictures, a procedural one),
 * noisy labels, hold-outs, normalisation, augmentation, batches, and image files.
 *
 * Nothing here loads an engine. Only what reads files needs permissions: the data sets but {@link
 * shapes}, {@link loadDataset}, {@link fileBatches}, {@link cacheFolder} and {@link readImage}.
 *
 * @module
 */
export type { Key } from "../../dsl/programs/random.ts";
export {
  areFiles,
  areRead,
  checkDataset,
  type ColourStatistics,
  type Dataset,
  imageBytes,
  type ImageFiles,
  type Images,
  type ImageSet,
  type ImageShape,
  type ImageSource,
  type Labels,
  type TestedDataset,
} from "./dataset.ts";
export type { OnProgress, Progress } from "./progress.ts";
export type { Json, JsonObject } from "../files/json.ts";
export { cacheFolder } from "./cache_folder.ts";
export { cifar10, CIFAR10_CLASSES, type Cifar10Options, type Cifar10Source } from "./cifar10.ts";
export { cifar100Binary, type Cifar100Labels, cifar10Binary } from "./cifar_binary.ts";
export { FASHION_CLASSES, fashionMnist, idx, type IdxOptions } from "./idx.ts";
export { folder, type FolderOptions } from "./folder.ts";
export { shapes, type ShapesOptions } from "./shapes.ts";
export { DATASET_FORMS, DATASET_NAMES, loadDataset, type LoadOptions } from "./load.ts";
export { type LabelNoise, noisyLabels, withLabelNoise } from "./label_noise.ts";
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
export type { View } from "./_views.ts";
export {
  type AnyAugmentation,
  type Augmentation,
  type AugmentationRecord,
  type CropFlip,
  cropFlip,
  cutout,
  type ImageSite,
  inOrder,
  SCALE,
  type ScaleAugmentation,
  scaleShift,
} from "./augment.ts";
export type { ClassWeights } from "./class_weights.ts";
export type { Mix } from "./mix.ts";
export type { InputOptions } from "./_input.ts";
export { type Batch, batchCount, type Batches, batches, type BatchOptions } from "./batches.ts";
export {
  type FileBatch,
  type FileBatches,
  fileBatches,
  type FileBatchOptions,
} from "./file_batches.ts";
export { prefetch } from "./prefetch.ts";
export { decodeImage, readImage, type RgbImage } from "./image_file.ts";
export { prepareImage, type PrepareOptions } from "./prepare_image.ts";
