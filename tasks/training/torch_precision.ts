/** The numbers with which PyTorch makes forward and backward passes. */
export const TORCH_PRECISIONS = ["auto", "float32", "bfloat16", "float16", "float64"] as const;

/** One of them. */
export type TorchPrecision = typeof TORCH_PRECISIONS[number];
