/** Where the network comes from: the zoo, the family's numbers, code, or JSON. */
import type { JSX } from "preact";
import { defined } from "../../../../dsl/problem/defined.ts";
import { toJSON } from "../../../../dsl/net/json.ts";
import { ZOO_NAMES } from "../../../../nets/zoo.ts";
import { FamilyControls } from "./family_controls.tsx";
import { CodeText } from "./code_text.tsx";
import { CODE, FAMILY, FIRST, isText, JSON_NET, type NetworkSpec, ZOO } from "./spec.ts";
import { choose, chooseCode, chooseText, shown, spec, written } from "./state.ts";

const KINDS = [
  { kind: ZOO, title: "Zoo" },
  { kind: FAMILY, title: "Family" },
  { kind: JSON_NET, title: "JSON" },
  { kind: CODE, title: "Code" },
] as const;

export function Controls(): JSX.Element {
  const named = spec.value;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <fieldset class="kinds">
        <legend>Network from</legend>
        {KINDS.map(({ kind, title }) => (
          <label key={kind}>
            <input
              type="radio"
              name="kind"
              checked={named.kind === kind}
              onChange={() => turnTo(kind)}
            />{" "}
            {title}
          </label>
        ))}
      </fieldset>
      {named.kind === ZOO && <Zoo name={named.name} />}
      {named.kind === FAMILY && <FamilyControls said={named.family} />}
      {named.kind === CODE && <CodeText />}
      {named.kind === JSON_NET && <JsonText />}
      <Said named={named} />
    </form>
  );
}

/** The code that is there at first. */
const EXAMPLE = `const unit = preactivation({ bottleneck: 4 });

chain(
  conv(32, { kernel: 3 }),
  stage(1, 2, 1, { unit, depth: 3 }),
  batchNorm(),
  relu(),
  globalAveragePool(),
  dense(10),
);
`;

/** Another kind, which begins with what is shown where it can. */
function turnTo(kind: NetworkSpec["kind"]): void {
  const { value } = shown;
  switch (kind) {
    case ZOO:
      return choose(FIRST);
    case FAMILY:
      return choose({ kind: FAMILY, family: {} });
    case CODE:
      return void chooseCode(EXAMPLE, "");
    case JSON_NET: {
      const text = value?._tag === "Right" ? toJSON(value.right.net, 1) : "";
      void chooseText(text);
      return;
    }
  }
}

function Zoo({ name }: { readonly name: string }): JSX.Element {
  return (
    <label class="row">
      Name{" "}
      <select
        value={name}
        onChange={(event) => choose({ kind: ZOO, name: event.currentTarget.value })}
      >
        {ZOO_NAMES.includes(name) || <option value={name}>{name}</option>}
        {ZOO_NAMES.map((one) => <option key={one} value={one}>{one}</option>)}
      </select>
    </label>
  );
}

function JsonText(): JSX.Element {
  return (
    <>
      <label class="row">
        Text
        <textarea
          rows={10}
          spellcheck={false}
          value={written}
          onInput={(event) => void chooseText(event.currentTarget.value)}
        />
      </label>
      <label class="row">
        A file, which can also be dropped on the page{" "}
        <input
          type="file"
          accept=".json,application/json"
          onChange={(event) => void readFile(event.currentTarget.files)}
        />
      </label>
    </>
  );
}

/** Shows the network in the first of some files. */
export async function readFile(files: FileList | null | undefined): Promise<void> {
  const file = files?.item(0);
  if (file) await chooseText(await file.text(), file.name.replace(/\.json$/i, ""));
}

/** The input, and the classes; a network that a text describes has its own, and is called by its user. */
function Said({ named }: { readonly named: NetworkSpec }): JSX.Element {
  const say = (name: "input" | "classes", value: string) => {
    const { [name]: _, ...others } = named;
    choose({ ...others, ...defined({ [name]: value.trim() || undefined }) });
  };
  const call = (value: string) => {
    if (!isText(named)) return;
    const { name: _, ...others } = named;
    choose({ ...others, ...defined({ name: value.trim() || undefined }) });
  };
  return (
    <div class="pair">
      <label class="row">
        Input{" "}
        <input
          type="text"
          value={named.input ?? ""}
          placeholder={isText(named) ? "needed" : "its own"}
          onInput={(event) => say("input", event.currentTarget.value)}
        />
      </label>
      {isText(named) && (
        <label class="row">
          Name{" "}
          <input
            type="text"
            value={named.name ?? ""}
            placeholder="its own"
            onChange={(event) => call(event.currentTarget.value)}
          />
        </label>
      )}
      {!isText(named) && (
        <label class="row">
          Classes{" "}
          <input
            type="text"
            inputMode="numeric"
            value={named.classes ?? ""}
            placeholder="its own"
            onInput={(event) => say("classes", event.currentTarget.value)}
          />
        </label>
      )}
    </div>
  );
}
