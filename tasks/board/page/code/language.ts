/** What code may write: combinators, blocks, edits, layers and networks. */
export * from "../../../../dsl/net/combinators.ts";
export * from "../../../../layers/blocks/attend.ts";
export * from "../../../../layers/blocks/attention.ts";
export * from "../../../../layers/blocks/bam.ts";
export * from "../../../../layers/blocks/cbam.ts";
export * from "../../../../layers/blocks/convnext_block.ts";
export * from "../../../../layers/blocks/coordinate_attention.ts";
export * from "../../../../layers/blocks/dense_block.ts";
export * from "../../../../layers/blocks/eca.ts";
export * from "../../../../layers/blocks/inverted_residual.ts";
export * from "../../../../layers/blocks/separable.ts";
export * from "../../../../layers/blocks/squeeze_excite.ts";
export * from "../../../../layers/blocks/units.ts";
export * from "../../../../layers/bound/edit.ts";
export * from "../../../../layers/mod.ts";
export * from "../../../../nets/mod.ts";
export { orThrow } from "../../../../dsl/problem/throw.ts";
