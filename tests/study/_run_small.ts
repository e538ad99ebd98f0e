/** Runs the small study in a folder, as a process that can be killed. */
import { orThrow } from "../../dsl/problem/throw.ts";
import { runStudy } from "../../tasks/study/run_study.ts";
import { smallData, smallStudy } from "./_small_study.ts";

const [folder = ""] = Deno.args;
const ended = await runStudy({ study: smallStudy, folder, seeds: 2, backend: "cpu" }, {
  datasets: new Map([["shapes", smallData]]),
  saveEvery: 0,
  onRun: ({ arm, seed }) => console.log(arm.name, seed),
});
console.log(orThrow(ended));
