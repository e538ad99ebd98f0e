/** Weights. */
import { concat } from "@std/bytes";
import { join } from "@std/path";
import { fromJSON, plan, toJSON } from "../../../mod.ts";
import { orThrow } from "../../../dsl/problem/throw.ts";
import { sizeOf } from "../../../dsl/net/shape.ts";
import { decodeSafetensors, type SafetensorsFile } from "../../../tasks/files/safetensors.ts";
import { decodeFloats } from "../../../tasks/files/safetensors_floats.ts";
import { readStateDict } from "../../../tasks/import/state_dict.ts";
import { loadCheckpoint } from "../../../tasks/training/checkpoint.ts";
import { type Bytes, numberBytes, textBytes } from "../bytes.ts";
import { judged, type Reader, written } from "../reader.ts";
import { changedWeights } from "../weights.ts";
import { changedZip } from "../zip.ts";
import { files, FIXTURES } from "./_files.ts";

const STATE_DICTS = join(import.meta.dirname ?? "", "../../fixtures/state_dict");

export const WEIGHTS: Readonly<Record<string, Reader>> = {
  safetensors: {
    whole: () => files(FIXTURES, "adamw_stopped/last.safetensors", "sgd_stopped/best.safetensors"),
    change: changedWeights,
    read: judged((bytes) => decodeSafetensors(bytes, "a.safetensors"), faultOfWeights),
  },
  checkpoint: {
    whole: () => files(FIXTURES, "adamw_stopped/last.safetensors", "sgd_stopped/best.safetensors"),
    change: changedWeights,
    read: judged(
      (bytes, folder) =>
        written(
          folder,
          { "last.safetensors": bytes },
          () => loadCheckpoint(join(folder, "last.safetensors")),
        ),
      ({ net, input, tensors }) => {
        orThrow(fromJSON(toJSON(net)));
        plan(net, input);
        return faultOfWeights({ tensors });
      },
    ),
  },
  floats: {
    whole: () => Promise.resolve([FLOATS]),
    change: changedWeights,
    read: judged((bytes) => decodeFloats(bytes, "a.safetensors"), faultOfWeights),
  },
  "state-dict": {
    whole: () => files(STATE_DICTS, "two_tensors.pth"),
    change: changedZip,
    read: judged(async (bytes, folder) => {
      const { python } = await import("../../torch/_torch.ts");
      return await written(
        folder,
        { "a.pth": bytes },
        () => readStateDict(join(folder, "a.pth"), python),
      );
    }, faultOfWeights),
    // Each case starts Python.
    share: 0.02,
    missing: async () => {
      const { findTorch, python } = await import("../../torch/_torch.ts");
      const torch = findTorch();
      return "missing" in torch ? `no PyTorch in ${python}` : undefined;
    },
  },
};

/** Each type of float once, and what is none. */
const FLOATS: Bytes = (() => {
  const sizes = { F32: 4, F16: 2, BF16: 2, F64: 8, I64: 8 };
  let at = 0;
  const header = Object.fromEntries(
    Object.entries(sizes).map(([dtype, size]) => {
      const start = at;
      at += 4 * size;
      return [`layer.${dtype}`, { dtype, shape: [2, 2], data_offsets: [start, at] }];
    }),
  );
  const text = textBytes(JSON.stringify(header));
  const length = Uint8Array.from(numberBytes(BigInt(text.length), 8, true));
  return concat([length, text, Uint8Array.from({ length: at }, (_, i) => i)]);
})();

function faultOfWeights({ tensors }: Pick<SafetensorsFile, "tensors">): string | undefined {
  const wrong = [...tensors].find(([, { shape, data }]) => sizeOf(shape) !== data.length);
  return wrong && `${wrong[0]} is not filled`;
}
