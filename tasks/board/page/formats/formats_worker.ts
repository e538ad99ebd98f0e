/// <reference lib="deno.worker" />
/**
 * Writes a network for other programs, in a worker, for that of a large one takes seconds. It is given
 * as JSON and planned anew, with initial weights of seed 0, and gives what `netfold export` writes.
 * `deno task generate` bundles it into `_formats.js.ts`; the page loads it when a button asks for it.
 */
import { createTar } from "nanotar";
import { toOnnx } from "../../../../dsl/interpreters/onnx/export.ts";
import { toTfjs } from "../../../../dsl/interpreters/tfjs/export.ts";
import type { Net } from "../../../../dsl/net/net.ts";
import type { Shape } from "../../../../dsl/net/shape.ts";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import { defined } from "../../../../dsl/problem/defined.ts";
import { initialParameters } from "../../../../dsl/programs/initial.ts";
import { fromJSON, plan } from "../../../../layers/bound/plan.ts";
import { torchModule } from "../../../../layers/bound/torch.ts";
import { citationOf } from "../../../../nets/citations.ts";
import { E, pipe, type Result } from "../../../fp.ts";

/** What a network is written as: a file of ONNX, a tar file of TensorFlow.js's, Python source. */
export type Format = "onnx" | "tfjs" | "torch";

/** A network to write. */
export interface Asked {
  readonly format: Format;
  /** The network as JSON, and its input. */
  readonly json: string;
  readonly input: Shape;
  readonly name: string;
}

/** What it is written as; source is text. */
export type Told = Result<string | Uint8Array<ArrayBuffer>>;

self.onmessage = ({ data }: MessageEvent<Asked>) => self.postMessage(written(data));

function written({ format, json, input, name }: Asked): Told {
  const described = { name, ...defined({ citation: citationOf(name) }) };
  return pipe(
    fromJSON(json),
    E.flatMap((net): Told =>
      format === "torch" ? torchModule(net, input, described) : pipe(
        plan(net, input),
        E.flatMap((planned) => WRITERS[format](planned, net, described)),
      )
    ),
  );
}

interface Described {
  readonly name: string;
  readonly citation?: string;
}

const WRITERS: Readonly<
  Record<Exclude<Format, "torch">, (plan: Plan, net: Net, described: Described) => Told>
> = {
  onnx: (plan, net, described) => toOnnx(plan, initialParameters(plan, 0), { net, ...described }),
  tfjs: (plan, net, { name, ...cited }) =>
    pipe(
      toTfjs(plan, initialParameters(plan, 0), { net, metadata: { name }, ...cited }),
      E.map((files) => createTar([...files].map(([name, data]) => ({ name, data })))),
      E.map((bytes) => new Uint8Array(bytes)),
    ),
};
