/**
 * Classes of which every picture turned out broken: a network cannot learn them, and what is
 * measured says nothing of them. Of a set that is drawn from another, a class may have but one
 * picture; there only a set without one that can be read is wrong.
 */
import { basename, dirname } from "@std/path";
import { type Problem, problemAt } from "../fp.ts";
import type { Batch } from "../data/batches.ts";
import type { ImageSet } from "../data/dataset.ts";

export interface ReadClasses {
  /** Takes note of the pictures of a batch that could not be read. */
  readonly add: (batch: Batch) => void;
  /** A problem for each class of which none could, when every picture was met once. */
  readonly problems: () => readonly Problem[];
}

/** Follows what can be read of a set, or of one that is drawn from another. */
export function readClasses(
  { labels }: Pick<ImageSet, "labels">,
  { drawn = false }: { readonly drawn?: boolean } = {},
): ReadClasses {
  const broken = new Map<number, Problem[]>();
  return {
    add: (batch) => {
      batch.broken?.forEach((problem, i) => {
        const label = batch.labels[i] ?? 0;
        broken.set(label, [...broken.get(label) ?? [], problem]);
      });
    },
    problems: () => {
      if (broken.size === 0) return [];
      const sizes = new Map<number, number>();
      for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
      const unread = [...broken].sort(([a], [b]) => a - b)
        .filter(([label, { length }]) => length >= (sizes.get(label) ?? Infinity))
        .map(([, pictures]) => pictures);
      return drawn && unread.length < sizes.size ? [] : unread.flatMap(unreadClass);
    },
  };
}

function unreadClass([first, ...others]: readonly Problem[]): readonly Problem[] {
  if (first === undefined) return [];
  const { path, got } = first;
  const more = others.length === 0 ? "" : `, as ${others.length} more of its pictures`;
  return [problemAt({ path: dirname(path), layer: "data set", code: "unread-class" }, {
    rule: "a class has at least one picture that can be read",
    got: `${basename(path)} cannot be${more}: ${got}`,
    wanted: "a picture that can be decoded",
    hint: "replace its pictures, or remove the class from every part of the data",
  })];
}
