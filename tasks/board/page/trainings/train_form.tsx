/** A form that starts a training in the board's folder; what is wrong stands at its field. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { TRAIN_FIELDS, type TrainField } from "../../wire.ts";
import { Problems } from "../problems.tsx";
import { type Fields, isOf, known, start } from "./state.ts";

const EMPTY: Fields = { net: "", data: "", preset: "", epochs: "", steps: "", batch: "", name: "" };

/** The fields that take a text, each with what it is called and what an empty one means. */
const TEXTS: readonly (readonly [Exclude<TrainField, "net" | "preset">, string, string])[] = [
  ["data", "Data", "cifar10"],
  ["epochs", "Epochs", "the preset's"],
  ["steps", "Steps", "those of all epochs"],
  ["batch", "Images a step", "the preset's"],
  ["name", "Name of the run", "the next free one"],
];

export function TrainForm(
  { network, children, onStart }: {
    /** The network: its name, and its JSON where it is none of the zoo. */
    readonly network: Pick<Fields, "net" | "json">;
    /** What chooses the network, where the form does. */
    readonly children?: ComponentChildren;
    /** Called with the run of a training that was started. */
    readonly onStart: (id: string) => void;
  },
): JSX.Element {
  const fields = useSignal(EMPTY);
  const problems = useSignal<readonly Problem[]>([]);
  const isSending = useSignal(false);
  const lists = useId();
  const { presets = [], data = [] } = known.value ?? {};
  const put = (field: TrainField, value: string) =>
    fields.value = { ...fields.value, [field]: value };
  const submit = async (event: Event) => {
    event.preventDefault();
    isSending.value = true;
    const started = await start({ ...fields.value, ...network });
    isSending.value = false;
    problems.value = started._tag === "Left" ? started.left : [];
    if (started._tag === "Right") onStart(started.right.id);
  };
  const at = (field: TrainField) => problems.value.filter((problem) => isOf(field, problem));
  const others = problems.value.filter((one) => !TRAIN_FIELDS.some((field) => isOf(field, one)));
  return (
    <form class="trainer" onSubmit={submit} noValidate>
      {children}
      <Problems problems={at("net")} title="This network cannot be trained so:" />
      <div class="fields">
        <label class="row">
          Preset{" "}
          <select
            value={fields.value.preset}
            onChange={(event) => put("preset", event.currentTarget.value)}
          >
            <option value="">the network's own</option>
            {presets.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
        {TEXTS.map(([field, title, otherwise]) => (
          <div key={field}>
            <label class="row">
              {title}{" "}
              <input
                type="text"
                name={field}
                value={fields.value[field]}
                placeholder={otherwise}
                list={field === "data" ? lists : undefined}
                aria-invalid={at(field).length > 0}
                onInput={(event) => put(field, event.currentTarget.value)}
              />
            </label>
            <Problems problems={at(field)} title="Not started:" />
          </div>
        ))}
      </div>
      <datalist id={lists}>
        {data.map((form) => <option key={form} value={form.replace(/\[.*$/, "")}>{form}</option>)}
      </datalist>
      <Problems problems={[...at("preset"), ...others]} title="Not started:" />
      <p class="tools">
        <button type="submit" disabled={isSending}>Start training</button>
      </p>
    </form>
  );
}
