import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { cachePath } from "../../tasks/data/cache_folder.ts";
import { cacheFolder } from "../../tasks/data/mod.ts";
import { assertProblem } from "./_results.ts";

/** The cache path, with forward slashes, on a system with these variables. */
function on(
  os: typeof Deno.build.os,
  variables: Readonly<Record<string, string>>,
): string {
  return orThrow(cachePath(os, (name) => variables[name])).replaceAll("\\", "/");
}

Deno.test("cacheFolder() follows XDG_CACHE_HOME, then HOME", () => {
  const HOME = "/home/me";
  assertEquals(on("linux", { XDG_CACHE_HOME: "/x", HOME }), "/x/netfold");
  assertEquals(on("linux", { HOME }), "/home/me/.cache/netfold");
  for (const XDG_CACHE_HOME of ["", "relative"]) {
    assertEquals(
      on("linux", { XDG_CACHE_HOME, HOME }),
      "/home/me/.cache/netfold",
    );
  }
});

Deno.test("cacheFolder() goes where macOS and Windows keep caches", () => {
  assertEquals(
    on("darwin", { HOME: "/Users/me", XDG_CACHE_HOME: "/x" }),
    "/Users/me/Library/Caches/netfold",
  );
  assertEquals(
    on("windows", { LOCALAPPDATA: "C:\\Users\\me\\AppData\\Local" }),
    "C:/Users/me/AppData/Local/netfold",
  );
});

Deno.test("cacheFolder() asks for a folder when no variable is set", () => {
  assertProblem(
    cachePath("linux", () => undefined),
    "no absolute path in XDG_CACHE_HOME or HOME",
    "name a cache folder",
  );
});

Deno.test({
  name: "cacheFolder() names the variables it may not read",
  ignore: Deno.build.os !== "linux",
  permissions: { env: false },
  fn: () => assertProblem(cacheFolder(), "--allow-env=XDG_CACHE_HOME,HOME"),
});

Deno.test({
  name: "cacheFolder() needs no more than two variables",
  permissions: { env: ["XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"] },
  fn: () => {
    orThrow(cacheFolder());
  },
});
