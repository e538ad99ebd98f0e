/** Asking the board: its server, or the files of an exported board, which has none. */
import type { Result } from "../../../dsl/problem/result.ts";
import { exportedAt, type Question } from "../exported.ts";
import { answerAt } from "./answer.ts";

/** Whether the board is exported: then what it shows stays as it is. */
export const isExported: boolean = "exported" in document.documentElement.dataset;

/** The answer to a question, which gives an `A` or problems. */
export function ask<A>(path: string, given: Question["given"] = []): Promise<Result<A>> {
  return answerAt(addressOf({ path, given }), (answer): Promise<A> => answer.json());
}

/** Where the answer to a question is. */
export function addressOf(question: Question): string {
  if (isExported) return exportedAt(question);
  const { path, given } = question;
  return `api/${path}?${new URLSearchParams(given.map(([name, value]) => [name, value]))}`;
}
