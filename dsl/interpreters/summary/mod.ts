/**
 * Summaries of planned networks: the numbers as a value, and the table that shows them as text,
 * CSV or Markdown, with the columns that it can have.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { dense } from "@netfold/netfold/layers";
 * import { summaryCsv } from "@netfold/netfold/summary";
 *
 * assertStringIncludes(summaryCsv(orThrow(plan(dense(10), [64]))), "650");
 * ```
 *
 * @module
 */
export { SUMMARY_COLUMNS, type SummaryColumn } from "./columns.ts";
export { summaryCsv } from "./csv.ts";
export { summaryMarkdown } from "./markdown.ts";
export {
  type LayerSummary,
  type Sizes,
  summarize,
  type SummarizeOptions,
  type Summary,
} from "./summary.ts";
export { renderSummary, type SummaryOptions } from "./text.ts";
