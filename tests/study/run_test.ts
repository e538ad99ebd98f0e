import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { renderProblems } from "../../dsl/problem/render.ts";
import { integer, seedKey, split } from "../../dsl/programs/random.ts";
import { publish } from "../../tasks/study/publish.ts";
import { type ArmResult, readResults } from "../../tasks/study/results.ts";
import { runStudy, type StudyWatch } from "../../tasks/study/run_study.ts";
import { noteDiverged } from "../../tasks/study/_run_state.ts";
import { study, type StudyOptions } from "../../tasks/study/studies.ts";
import { commandText } from "../../tasks/study/table.ts";
import { copyFolder, withFolder } from "../files/_folder.ts";
import { smallData, smallStudy } from "./_small_study.ts";

const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
const datasets = new Map([["shapes", smallData]]);

const go = (folder: string, watch: StudyWatch = {}) =>
  runStudy({ study: smallStudy, folder, seeds: 2, engine }, { datasets, ...watch });

/** The folder of the study as it ends, for all tests. */
let whole = "";

Deno.test.beforeAll(async () => {
  whole = await Deno.makeTempDir({ prefix: "netfold-test-" });
  assertEquals(orThrow(await go(whole)), "finished");
});
Deno.test.afterAll(() => Deno.remove(whole, { recursive: true }));

/** Results without what time decides. */
async function timeless(folder: string): Promise<readonly ArmResult[]> {
  const { arms } = orThrow(await readResults(smallStudy, folder, 2));
  return arms.map((arm) => ({
    ...arm,
    seeds: arm.seeds.map(({ seconds: _, ...seed }) => seed),
  }));
}

Deno.test("a study that is stopped at any step and goes on comes to the same table", async () => {
  const wanted = await timeless(whole);
  assertEquals(wanted.map(({ seeds }) => seeds.length), [2, 2]);
  assert(wanted.every(({ error, response }) => error !== undefined && response?.length === 2));
  await withFolder(async (broken) => {
    const key = split(seedKey(1), "stops");
    let stops = 0;
    for (let round = 0; round < 40; round++) {
      let steps = integer(split(key, round), 9);
      const ended = orThrow(await go(broken, { interrupted: () => steps-- <= 0 }));
      if (ended === "finished") break;
      stops++;
    }
    assert(stops > 3);
    assertEquals(orThrow(await go(broken)), "finished");
    assertEquals(await timeless(broken), wanted);
  });
});

Deno.test("a run that another study has made is copied, and no other is", async () => {
  await withFolder(async (folder) => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    await copyFolder(whole, first);
    await Deno.remove(join(first, "nal-2"), { recursive: true });
    const renamed = {
      ...smallStudy,
      arms: smallStudy.arms.map((arm) => ({ ...arm, name: `other-${arm.name}` })),
    };
    // A process was killed before it could begin a run there.
    for (const name of ["lock.json", `.config.json.${crypto.randomUUID()}.tmp`]) {
      await Deno.mkdir(join(second, "other-arl-1"), { recursive: true });
      await Deno.writeTextFile(join(second, "other-arl-1", name), "{");
    }
    const ends: string[] = [];
    const ended = await runStudy(
      { study: renamed, folder: second, seeds: 2, others: [join(folder, "none"), first], engine },
      {
        datasets,
        onRunEnd: ({ arm, seed }, end) =>
          ends.push(`${arm.name}-${seed} ${end.kind === "copied" ? end.from : end.kind}`),
      },
    );
    assertEquals(orThrow(ended), "finished");
    assertEquals(ends, [
      `other-arl-1 ${join(first, "arl-1")}`,
      `other-nal-1 ${join(first, "nal-1")}`,
      `other-arl-2 ${join(first, "arl-2")}`,
      "other-nal-2 finished",
    ]);
    const errors = ({ seeds }: ArmResult): unknown => seeds.map(({ error }) => error);
    const results = orThrow(await readResults(renamed, second, 2));
    assertEquals(results.arms.map(errors), (await timeless(whole)).map(errors));
  });
});

/** Runs the study in a process of its own, and gives its exit code; it is killed after some milliseconds, if that is said. */
async function process(folder: string, killAfter?: number): Promise<number> {
  const path = (name: string): string => fromFileUrl(new URL(name, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-lock",
      "--no-prompt",
      "--config",
      path("../../deno.json"),
      "--allow-read",
      `--allow-write=${folder}`,
      path("./_run_small.ts"),
      folder,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.getReader();
  await output.read();
  if (killAfter !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, killAfter));
    try {
      child.kill("SIGKILL");
    } catch (error) {
      // It has ended in the meantime.
      if (!(error instanceof TypeError)) throw error;
    }
  }
  while (!(await output.read()).done);
  return (await child.status).code;
}

Deno.test("a study that is killed at any moment and goes on comes to the same table", async () => {
  await withFolder(async (killed) => {
    const key = split(seedKey(2), "kills");
    for (let kill = 0; kill < 5; kill++) {
      await process(killed, integer(split(key, kill), 400));
    }
    assertEquals(await process(killed), 0);
    assertEquals(await timeless(killed), await timeless(whole));
  });
});

Deno.test("data that is not there is a problem before the first run", async () => {
  await withFolder(async (folder) => {
    const [first, second] = smallStudy.arms;
    const data = `cifar100:${folder}/none`;
    const arms = [first!, { ...second!, data }];
    const begun: string[] = [];
    const ended = await runStudy({ study: { ...smallStudy, arms }, folder, seeds: 1, engine }, {
      datasets,
      onRun: ({ arm }) => begun.push(arm.name),
    });
    const said = ended._tag === "Left" ? renderProblems(ended.left) : ended.right;
    assertStringIncludes(said, "the file must exist");
    assertEquals(begun, []);
  });
});

Deno.test("the published command names the data that it needs", async () => {
  await withFolder(async (folder) => {
    const commandOf = async (options: StudyOptions): Promise<string> =>
      commandText(orThrow(await readResults(study("depth", options), folder, 2)));
    assertEquals(await commandOf({}), "deno task study depth --scale tiny --seeds 2");
    assertEquals(
      await commandOf({ data: "cifar10:my data", cifar100: "cifar100:c/100", scale: "small" }),
      "deno task study depth --scale small --seeds 2 --data 'cifar10:my data' --cifar100 c/100",
    );
  });
});

Deno.test("what a kill leaves of a run's folder before its configuration is begun anew", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(join(folder, "arl-1"), { recursive: true });
    assertEquals(orThrow(await go(folder)), "finished");
    assertEquals(orThrow(await readResults(smallStudy, folder, 2)).done, [4, 4]);
  });
});

Deno.test("a study that has ended does nothing more, and publishes table, data and picture", async () => {
  await withFolder(async (folder) => {
    await copyFolder(whole, folder);
    const before = await timeless(folder);
    const runs: string[] = [];
    await go(folder, { onRun: ({ arm }) => runs.push(arm.name) });
    assertEquals(runs, []);
    const { files, results } = orThrow(await publish(smallStudy, folder, { seeds: 2 }));
    assertEquals(files.map((file) => file.slice(folder.length + 1)), [
      "response.svg",
      "results.json",
      "results.md",
    ]);
    const json = JSON.parse(await Deno.readTextFile(join(folder, "results.json")));
    assertEquals(json, JSON.parse(JSON.stringify(results)));
    const markdown = await Deno.readTextFile(join(folder, "results.md"));
    for (const { title, error, paper } of before) {
      // Cells are set in columns; one space between words is enough to compare.
      const table = markdown.replaceAll(/ +/g, " ");
      assertStringIncludes(table, `| ${title} | 2 | ${error?.mean.toFixed(2)} ±`);
      assertStringIncludes(table, `| ${paper?.toFixed(2)} |`);
    }
    for (const note of [...smallStudy.scale.notes, ...smallStudy.notes]) {
      assertStringIncludes(markdown, `- ${note}`);
    }
    const svg = await Deno.readTextFile(join(folder, "response.svg"));
    assertStringIncludes(svg, "a quarter of every width");
    assert(!svg.includes("NaN"));
  });
});

Deno.test("a folder that holds another run is refused, and a run that diverged is counted", async () => {
  await withFolder(async (folder) => {
    await copyFolder(whole, folder);
    const other = {
      ...smallStudy,
      arms: smallStudy.arms.map((arm) => ({ ...arm, data: "cifar10" })),
    };
    const refused = await readResults(other, folder, 2);
    const said = refused._tag === "Left" ? renderProblems(refused.left) : "nothing";
    assertStringIncludes(said, "another run: the data (shapes) differs");
    orThrow(
      await noteDiverged(join(folder, "nal-2"), [{
        path: "conv1",
        layer: "conv",
        code: "not-finite",
        rule: "",
        got: "NaN",
        wanted: "",
        hint: "",
      }]),
    );
    const { results } = orThrow(await publish(smallStudy, folder, { seeds: 2 }));
    assertEquals(results.arms[1]?.seeds.map(({ diverged }) => diverged), [undefined, "conv1: NaN"]);
    assertStringIncludes(await Deno.readTextFile(join(folder, "results.md")), "| 2, 1 diverged |");
  });
});
