/** The report of `deno task doctor` for people; whatever fails says what to do about it. */
import { bytes } from "../../dsl/problem/digits.ts";
import { shellWord } from "../../dsl/problem/escape.ts";
import type { PythonReport } from "./python.ts";
import type { AutoChoice, DoctorReport, EngineReport } from "./report.ts";
import { advised, allowHint } from "../allow.ts";

export function doctorText(report: DoctorReport): string {
  const { machine, onnx, backends, auto, permissions } = report;
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`);
  const memory = machine.memory === undefined
    ? "memory unknown (--allow-sys=systemMemoryInfo shows it)"
    : `${bytes(machine.memory.total)} of memory, ${bytes(machine.memory.available)} available`;
  return [
    `versions     ${versions.join(", ")}`,
    `machine      ${machine.system}, ${machine.cores} processors, ${memory}`,
    "",
    "engines",
    ...engineLines("onnx", onnx),
    ...backends.flatMap((backend) => engineLines(`tfjs ${backend.name}`, backend)),
    ...autoLines(auto),
    "",
    "PyTorch, for --engine torch and weights of torch.save",
    ...pythonLines(report.python),
    "",
    "permissions",
    ...permissions.flatMap(({ flag, use, granted }) =>
      granted ? [line("ok", use, flag)] : [
        line("MISSING", use, flag),
        advice(allowHint(flag)),
      ]
    ),
    "",
    "data",
    ...dataLines(report),
  ].join("\n");
}

function engineLines(name: string, report: EngineReport): readonly string[] {
  const { available, description, checks, problems } = report;
  if (!available) {
    return [
      line("NO", name, problems.map(({ got }) => got).join("; ")),
      ...problems.map(({ hint }) => advice(hint)),
    ];
  }
  const worst = Math.max(...checks.map(({ worstRelativeError }) => worstRelativeError));
  return [
    line("ok", name, description),
    advice(
      `self-check of ${checks.length} operations passed, largest error ${worst.toPrecision(1)}`,
    ),
    ...("software" in report && report.software
      ? [advice("imitates a graphics card in software: slow, never taken by auto")]
      : []),
  ];
}

function autoLines(auto: AutoChoice | undefined): readonly string[] {
  if (auto === undefined) return ["  no engine works: training is not possible on this machine"];
  const why = auto.passedOver.map(({ backend, software }) =>
    `${nameOf(backend)} ${software ? "only imitates a graphics card" : "cannot be used"}`
  );
  const because = why.length === 0 ? "its first choice" : why.join(", ");
  return [`  --engine auto takes ${nameOf(auto.backend)}: ${because}`];
}

function pythonLines(
  { python, state, version, torch, devices = [], got }: PythonReport,
): readonly string[] {
  const name = version === undefined ? "Python" : `Python ${version}`;
  switch (state) {
    case "ok":
      return [
        line("ok", name, `torch ${torch}, ${devices.join(", ") || "on the processor"}`),
        advice(python),
      ];
    case "no-torch":
      return [
        line("NO", name, `${python}: ${got}`),
        advice(`install it with: ${shellWord(python)} -m pip install torch; or ${OTHER_PYTHON}`),
      ];
    case "missing":
      return [line("NO", name, `${python}: ${got}`), advice(`install Python, or ${OTHER_PYTHON}`)];
    case "not-allowed":
      return [line("unknown", name, python), advice(allowHint(`--allow-run=${python}`))];
    case "failed":
      return [line("NO", name, `${python}: ${got}`), advice(OTHER_PYTHON)];
    default:
      return state satisfies never;
  }
}

const OTHER_PYTHON = "name another interpreter by NETFOLD_PYTHON";

function nameOf(backend: AutoChoice["backend"]): string {
  return backend === "onnx" ? "onnx" : `tfjs ${backend}`;
}

function dataLines({ cifar10 }: DoctorReport): readonly string[] {
  switch (cifar10.state) {
    case "whole":
      return [line("ok", "cifar10", `${bytes(cifar10.bytes ?? 0)} in ${cifar10.folder}`)];
    case "absent":
      return [
        line("not yet", "cifar10", `will be in ${cifar10.folder}`),
        advice("the first training fetches it from npm and decodes it"),
      ];
    case "damaged":
      return [
        line("DAMAGED", "cifar10", cifar10.folder),
        advice("the next training rebuilds it; or remove the folder"),
      ];
    case "unreadable":
    case "unknown":
      return (cifar10.problems ?? []).map(advised).flatMap(({ got, hint }) => [
        line("NO", "cifar10", got),
        advice(hint),
      ]);
  }
}

function line(state: string, name: string, text: string): string {
  return `  ${state.padEnd(8)} ${name.padEnd(18)} ${text}`.trimEnd();
}

function advice(text: string): string {
  return `${" ".repeat(30)}${text}`;
}
