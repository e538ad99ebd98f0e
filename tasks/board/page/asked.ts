/** What a part of the page asks of the board, and shows for as long as it is there. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Problem } from "../../../dsl/problem/problem.ts";
import type { Question } from "../exported.ts";
import { ask, isExported } from "./ask.ts";

/** Milliseconds after which what could not be answered is asked again. */
export const AGAIN_MS = 5000;

/** An answer, and why there is none, or none that is new. */
export interface Asked<A> {
  readonly found: A | undefined;
  readonly problems: readonly Problem[];
}

/**
 * The answer to a question. It is asked anew when `state` is another one, and, for as long as there
 * is a problem, again and again: a board that is started again answers, a run that is mended is read.
 */
export function useAsked<A>({ path, given }: Question, state: unknown): Asked<A> {
  const key = JSON.stringify([path, given]);
  const answer = useSignal<Asked<A> & { readonly key: string }>({ key, ...NOTHING });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const look = async (): Promise<void> => {
      const asked = await ask<A>(path, given);
      if (isOver) return;
      if (asked._tag === "Right") {
        answer.value = { key, found: asked.right, problems: [] };
        return;
      }
      const before = answer.peek();
      const found = before.key === key ? before.found : undefined;
      answer.value = { key, found, problems: asked.left };
      if (!isExported) timer = setTimeout(look, AGAIN_MS);
    };
    look();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [key, state]);
  return answer.value.key === key ? answer.value : NOTHING;
}

const NOTHING = { found: undefined, problems: [] } as const;
