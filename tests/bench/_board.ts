/** How fast the board is, in a headless Chromium: each figure beside what it is to stay below. */
import { join } from "@std/path";
import { orThrow } from "../../dsl/problem/throw.ts";
import { runAt, type RunFolder } from "../../tasks/files/run_folder.ts";
import { lockRun } from "../../tasks/files/run_lock.ts";
import { withBrowser } from "../_browser.ts";
import { makeRun, withBoard, writeEpoch } from "../board/_board.ts";
import { Page } from "../board/_page.ts";
import { median } from "./_rounds.ts";

const [MANY, LONG, STEPS, ROUNDS] = [1000, 100_000, 40, 9];

/** The numbers of Attention-452, in an address. */
const LARGEST = "p=2&t=4&r=3&modules=6,6,6";

/** Prints what the board takes. */
export async function timeBoard(): Promise<void> {
  await withBrowser(async (browser) => {
    const runs = join(browser.folder, "runs");
    await writeEpoch(await makeRun(join(runs, "long")), 1, LONG);
    for (let i = 1; i < MANY; i++) await makeRun(join(runs, `${i}`));
    const start = performance.now();
    await withBoard(runs, async (address) => {
      print("from the command to the address", performance.now() - start, 1000);
      await Page.with(browser, async (page) => {
        await page.look(1280, "light");
        await timeRuns(page, address);
        const followed = await follow(page, address, runAt(join(runs, "1")));
        print("from a step in the run's folder to the page", followed, 500);
        for (const [name, numbers, limit] of [["56", "", 50], ["452", LARGEST, 200]] as const) {
          await page.goTo(`${address}#/networks?family=x&${numbers}`);
          await page.until(`document.querySelector(".diagram img")`);
          print(`from a keystroke to the table of Attention-${name}`, await keystroke(page), limit);
        }
      });
    });
  });
}

async function timeRuns(page: Page, address: string): Promise<void> {
  const listed = performance.now();
  await page.goTo(address);
  await page.until(`document.querySelectorAll(".runs tbody tr").length === ${MANY}`);
  print(`${MANY} runs in the table, read for the first time`, performance.now() - listed, 1000);
  const again = performance.now();
  await page.goTo(address);
  await page.until(`document.querySelectorAll(".runs tbody tr").length === ${MANY}`);
  print(`${MANY} runs in the table, read again`, performance.now() - again, 1000);
  const drawn = performance.now();
  await page.goTo(`${address}#/runs?run=long`);
  await page.until(`document.querySelectorAll(".chart canvas").length === 3`);
  print(`a run of ${LONG} steps is drawn`, performance.now() - drawn, 1000);
  print(`its longest frame while it is zoomed`, await zoom(page), 50);
}

/** Milliseconds from the end of an epoch, with its steps, in the folder of a run to the page. */
async function follow(page: Page, address: string, run: RunFolder): Promise<number> {
  const seen = (epoch: number) =>
    page.until(`document.body.innerText.includes("${epoch * STEPS} in ")`);
  await using _lock = orThrow(await lockRun(run.folder));
  await writeEpoch(run, 1, STEPS);
  await page.goTo(`${address}#/runs?run=1`);
  await seen(1);
  const times: number[] = [];
  for (let epoch = 2; epoch < 2 + ROUNDS; epoch++) {
    const start = performance.now();
    await writeEpoch(run, epoch, STEPS);
    await seen(epoch);
    times.push(performance.now() - start);
  }
  return median(times);
}

/** Milliseconds from a change of a slider to the new table, in the page. */
async function keystroke(page: Page): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    times.push(
      await page.value(`(async () => {
      const total = () => document.querySelector(".summary .total").textContent;
      const before = total();
      const slider = document.querySelector("label.slider input");
      slider.value = slider.value === "1" ? "2" : "1";
      const start = performance.now();
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      while (total() === before) await new Promise((resolve) => setTimeout(resolve));
      return performance.now() - start;
    })()`),
    );
  }
  return median(times);
}

/** The longest time between two frames while charts show ever smaller parts. */
function zoom(page: Page): Promise<number> {
  return page.value(`(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    const field = document.querySelector(".steps input");
    let longest = 0;
    let last = await frame();
    for (let i = 1; i <= 20; i++) {
      field.value = String(i * 4000);
      field.dispatchEvent(new Event("change", { bubbles: true }));
      const now = await frame();
      longest = Math.max(longest, now - last);
      last = now;
    }
    return longest;
  })()`);
}

function print(what: string, time: number, limit: number): void {
  console.log(what);
  console.log(`  netfold        ${time.toFixed(0).padStart(7)} ms`);
  console.log(`  target         ${limit} ms or less`);
}
