/** Trainings that the board's page starts, stops and resumes, and that it starts none unless it may. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { retry } from "@std/async/retry";
import { join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { chain } from "../../dsl/net/combinators.ts";
import { toJSON } from "../../dsl/net/json.ts";
import { dense, globalAveragePool } from "../../layers/mod.ts";
import { answer } from "../../tasks/board/_answer.ts";
import { ALLOWED, trainingIn, VARIABLES } from "../../tasks/board/_trainings.ts";
import type { BoardTraining, BoardTrainings, Refused } from "../../tasks/board/wire.ts";
import { isLocked } from "../../tasks/files/run_lock.ts";
import { browserTest } from "../_browser.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { inFolder, program, SHAPES, smallNet } from "../tasks/_task.ts";
import { makeRun, withBoard } from "./_board.ts";
import { faults } from "./_faults.ts";
import { Page } from "./_page.ts";

const DATA = SHAPES.replace("--data=", "");
const JSON_TYPE = { "content-type": "application/json" };

/** A training that goes on until it is stopped. */
const LONG = {
  ...{ net: "small", json: toJSON(smallNet), data: DATA, epochs: "100000", batch: "16" },
  name: "first",
};

interface Answered {
  readonly status: number;
  readonly problems: Refused["problems"];
}

async function post(address: string, path: string, body?: unknown): Promise<Answered> {
  const given = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE };
  const answered = await fetch(`${address}api/trainings/${path}`, { method: "POST", ...given });
  const { problems = [] } = await answered.json();
  return { status: answered.status, problems };
}

/** Waits until a training of the board is in a state. */
function until(address: string, id: string, state: BoardTraining["state"]): Promise<BoardTraining> {
  return retry(async () => {
    const { trainings }: BoardTrainings = await (await fetch(`${address}api/trainings`)).json();
    const found = trainings.find((one) => one.id === id);
    if (found?.state !== state) throw new Error(`${state}: ${JSON.stringify(trainings)}`);
    return found;
  }, PATIENT);
}

/** Waits until a run has made steps after some. */
function steps(folder: string, after = 0): Promise<number> {
  return retry(async () => {
    const lines = (await Deno.readTextFile(join(folder, "steps.csv"))).split("\n").length;
    if (lines <= after + 2) throw new Error(`${lines} lines`);
    return lines;
  }, PATIENT);
}

const PATIENT = { maxAttempts: 1800, minTimeout: 100, maxTimeout: 100 };

Deno.test("a board that may not train answers so, and its page has no buttons", async () => {
  await withFolder(async (root) => {
    const headers = { host: "127.0.0.1:8731", ...JSON_TYPE };
    const asked = (path: string, method: string) =>
      answer(
        new Request(`http://127.0.0.1:8731${path}`, { method, headers }),
        root,
        8731,
      );
    for (const path of ["/start", "/stop?run=a", "/resume?run=a"]) {
      const refused = await asked(`/api/trainings${path}`, "POST");
      assertEquals(refused.status, 403);
      assertStringIncludes(await refused.text(), "board --train starts and stops runs");
      // No link and no picture of a page from elsewhere can start anything.
      const read = await asked(`/api/trainings${path}`, "GET");
      await read.body?.cancel();
      assertEquals(read.status, 405);
    }
    assertEquals((await (await asked("/api/trainings", "GET")).text()).slice(0, 9), "the board");
    assert(!(await (await asked("/", "GET")).text()).includes("data-trains"));
    assertEquals(await namesIn(root), []);
  });
});

Deno.test("a board that is to train and may not run Deno names the flag", async () => {
  await inFolder(async (folder) => {
    const allowed = ["--allow-read", "--allow-net=127.0.0.1", "--allow-write=runs"];
    const denied = await program(folder, ["board", "--train", "--port=0"], allowed).ended;
    assertEquals(denied.code, 1);
    assertStringIncludes(denied.stderr, `--allow-run=${Deno.execPath()}`);
    const both = await program(folder, ["board", "--train", "--export=site"], allowed).ended;
    assertEquals([both.code, both.stderr.includes("--export starts none")], [2, true]);
  });
});

Deno.test("a training of the board may do no more than that of the task", () => {
  const { command } = project.tasks.train;
  const flags = ALLOWED.flatMap((flag) => {
    const [name, list] = flag.split("=");
    return list === undefined ? [flag] : list.split(",").map((one) => `${name} ${one}`);
  });
  for (const flag of flags) {
    const [name = "", one = ""] = flag.split(" ");
    const own = command.split(" ").find((word) => word.startsWith(name)) ?? "";
    assert(own.includes(one), `${flag} is none of the task's`);
  }
  assert(!flags.some((flag) => /^--allow-(all|run|net|write|import)/.test(flag)));
});

Deno.test("a training of the board keeps its memory as the task does; one binary is started as it is", async () => {
  const kept = Object.entries(VARIABLES).filter(([name]) => name.startsWith("MALLOC_"));
  assertEquals(kept.length, 2);
  for (const [name, value] of kept) {
    assertStringIncludes(project.tasks.train.command, ` ${name}=${value} `);
  }
  assertEquals(await trainingIn("runs", true), ["train"]);
  assertEquals((await trainingIn("runs", false)).slice(0, 1), ["run"]);
});

Deno.test("a training is started, stopped, resumed, and stopped with the board", async () => {
  await withFolder(async (runs) => {
    const folder = join(runs, "first");
    await withBoard(runs, async (address) => {
      const wrong = async (given: object) => {
        const { status, problems } = await post(address, "start", { ...LONG, ...given });
        assertEquals(status, 400);
        return problems.map(({ path }) => path);
      };
      // Nothing leads out of the folder, becomes an option, or is run.
      for (const name of ["../a", "a/b", "..", ".a", "-a", "--out=/tmp/a", "a b", "a\0", "$(a)"]) {
        assertEquals(await wrong({ name }), ["name"], name);
      }
      assertEquals(await wrong({ epochs: "0", steps: "x", batch: "-1", preset: "fat" }), [
        ...["preset", "epochs", "steps", "batch"],
      ]);
      assertEquals(await wrong({ data: "/etc" }), ["data"]);
      assertEquals(await wrong({ data: "folder:/nowhere" }), ["data: /nowhere"]);
      assertEquals(await wrong({ json: "", net: "evil.ts" }), ["net"]);
      const [misfit = ""] = await wrong({ json: toJSON(chain(globalAveragePool(), dense(7))) });
      assert(misfit.startsWith("net: "), misfit);
      assertEquals(await wrong({ json: "{" }), ["net: JSON"]);
      assertEquals(await wrong({ out: "/tmp/a" }), ["body: out"]);
      const stranger = await fetch(`${address}api/trainings/start`, {
        method: "POST",
        headers: { ...JSON_TYPE, origin: "http://evil.example" },
        body: JSON.stringify(LONG),
      });
      assertEquals([stranger.status, await stranger.text()], [
        403,
        "only the board's own page may ask\n",
      ]);
      const plain = await fetch(`${address}api/trainings/start`, {
        method: "POST",
        headers: { "content-type": "text/plain" },
        body: JSON.stringify(LONG),
      });
      await plain.body?.cancel();
      assertEquals(plain.status, 400);
      assertEquals(await namesIn(runs), []);

      assertEquals((await post(address, "start", LONG)).status, 200);
      const first = await steps(folder);
      assertEquals(await wrong({}), ["name"]);
      assertEquals((await post(address, "resume?run=first")).problems[0]?.code, "run-in-use");
      await post(address, "stop?run=first");
      await until(address, "first", "stopped");
      // It has saved, and nothing is left but the run.
      assert(!await isLocked(folder));
      assertEquals(await namesIn(runs), ["first"]);
      assertEquals((await post(address, "stop?run=first")).problems[0]?.code, "not-started-here");
      for (const run of ["nothing", "../first", ""]) {
        const refused = await post(address, `resume?run=${run}`);
        assertEquals(refused.problems[0]?.code, "not-a-run", run);
      }
      assertEquals((await post(address, "resume?run=first")).status, 200);
      await steps(folder, first);

      // What fails says why.
      const torn = await makeRun(join(runs, "torn"));
      await Deno.writeTextFile(torn.last, "no weights");
      await post(address, "resume?run=torn");
      const { said } = await until(address, "torn", "failed");
      assert(said.startsWith("error: cannot resume"), said);
    }, { trains: true });
    assert(!await isLocked(folder), "the board has ended, and its training goes on");
    assert(!(await namesIn(folder)).includes("lock.json"));
  });
});

browserTest("a page starts a training of its form, stops and resumes it", async (browser) => {
  const runs = join(browser.folder, "runs");
  await Deno.mkdir(runs);
  await withBoard(runs, async (address) => {
    await Page.with(browser, async (page) => {
      await page.look(1280, "light");
      await page.goTo(`${address}#/runs`);
      await page.until(`document.querySelector(".trainings summary")`);
      await page.click(".trainings summary");
      await page.fill(".trainings select[name=net]", "cifar/plain");
      await page.fill("[name=data]", DATA);
      await page.fill("[name=epochs]", "many");
      await page.fill("[name=batch]", "16");
      await page.fill("[name=name]", "<b>first</b>");
      await page.click(".trainer [type=submit]");
      // Each mistake stands at its field.
      await page.until(`document.querySelectorAll(".trainer [aria-invalid=true]").length === 2`);
      const said = await page.texts(".trainer .problems pre");
      assertStringIncludes(said[0] ?? "", "a whole number of at least 1");
      assertStringIncludes(said[1] ?? "", "<b>first</b>");
      for (const [width, scheme] of [[1280, "dark"], [390, "dark"], [390, "light"]] as const) {
        await page.look(width, scheme);
        const root = "document.documentElement";
        await page.until(`${root}.scrollWidth === ${root}.clientWidth`);
        assertEquals(await faults(page), [], `${width} ${scheme}`);
      }
      await page.fill("[name=epochs]", "100000");
      await page.fill("[name=name]", "first");
      await page.click(".trainer [type=submit]");
      await page.until(`document.querySelector(".started [aria-label='Stop first']")`);
      await steps(join(runs, "first"));
      await page.click(".started a");
      await page.until(`document.querySelector("section[aria-label='Run first'] button")`);
      await page.click("section[aria-label='Run first'] [aria-label='Stop first']");
      await page.until(`document.querySelector(".started .stopped")`);
      await page.click(".started [aria-label='Resume first']");
      await page.until(`document.querySelector(".started .training")`);
      await page.click(".started [aria-label='Stop first']");
      await page.until(`document.querySelector(".started [aria-label='Resume first']")`);

      // A network that is shown is trained as it is.
      await page.goTo(`${address}#/networks?zoo=cifar/plain&classes=10`);
      await page.until(`document.querySelector("details form.trainer")`);
      await page.click("details:has(form.trainer) summary");
      await page.fill("[name=data]", DATA);
      await page.fill("[name=steps]", "1");
      await page.fill("[name=name]", "shown");
      await page.click(".trainer [type=submit]");
      await page.until(`document.querySelector("a[href='#/runs?run=shown']")`);
      await until(address, "shown", "done");
      // Of the one refusal, and of nothing else.
      const complaints = JSON.stringify(await page.complaints());
      assertEquals([complaints.split("status of").length, complaints.includes("400")], [2, true]);
    });
  }, { trains: true });
});
