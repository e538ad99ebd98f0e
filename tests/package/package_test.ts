/** The package as its users have it: from a registry, in folders outside the repository. */
import { asUsers } from "./_user.ts";
import { extend } from "./parts/extend.ts";
import { own } from "./parts/own.ts";
import { published } from "./parts/published.ts";

Deno.test("what is published works outside the repository", (test) =>
  asUsers([published, own, extend], test));
