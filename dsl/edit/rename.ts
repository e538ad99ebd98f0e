/** Another name for a part, and with it other paths for all that it holds. */
import { show } from "../problem/show.ts";
import { named, shared } from "../net/combinators.ts";
import type { Net } from "../net/net.ts";
import type { Language } from "../plan/language.ts";
import { fail, type Result, right } from "../problem/result.ts";
import { edit, paths } from "./find.ts";

/** The network in which a named part has another name. */
export function rename(language: Language, net: Net, path: string, name: string): Result<Net> {
  const problem = (code: string, rule: string, wanted: string) =>
    fail({
      path,
      layer: "network",
      code,
      rule,
      got: show(name),
      wanted,
      hint: "choose another name",
    });
  if (typeof name !== "string" || !/^[A-Za-z][\w-]*$/.test(name)) {
    return problem(
      "invalid-name",
      "a name is one segment of a path",
      "a letter, then letters, digits, _ or -",
    );
  }
  let added = 0;
  const renamed = edit(language, net, path, (part) => {
    // A fork keeps its own path, below the name.
    if (part.kind !== "named" && part.kind !== "layer") added = 1;
    if (part.kind !== "named") return named(name, part);
    return part.numbering === "shared" ? shared(name, part.net) : named(name, part.net);
  });
  if (renamed._tag === "Left") return renamed;
  return paths(language, renamed.right).length < paths(language, net).length + added
    ? problem("name-taken", "siblings have different names", "a name that no part beside it has")
    : right(renamed.right);
}
