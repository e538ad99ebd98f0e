/**
 * What the documentation says of the functions that make networks, and of their options, as
 * `deno doc` tells it: the words that the board's editor completes.
 */
import { join } from "@std/path";
import type { Call, Word } from "../../tasks/board/page/editor/words.ts";
import { root } from "./_graph.ts";

/** Whose functions they are; a later entry documents what an earlier one only passes on. */
const ENTRIES = ["mod.ts", "nets/mod.ts", "layers/mod.ts"];

/** The types of what code is made of. */
const MADE = ["Net", "Width"];

/** A type as `deno doc` tells it, as far as it is read here. */
interface Type {
  readonly kind: string;
  readonly repr?: string;
  readonly value?: unknown;
}

/** How a type is made of another: `Omit<Options, "classes">`. */
interface Reference {
  readonly typeName: string;
  readonly typeParams?: readonly Type[];
}

interface Parameter {
  readonly kind: string;
  readonly name?: string;
  readonly tsType?: Type;
  /** What has a default, or is the rest. */
  readonly left?: Parameter;
  readonly arg?: Parameter;
}

interface Declaration {
  readonly kind: string;
  readonly jsDoc?: { readonly doc?: string };
  readonly def?: {
    readonly params?: readonly Parameter[];
    readonly returnType?: Type;
    readonly properties?: readonly {
      readonly name: string;
      readonly jsDoc?: { readonly doc?: string };
    }[];
    readonly extends?: readonly Type[];
    readonly tsType?: Type;
  };
}

type Declarations = ReadonlyMap<string, Declaration>;

/** The words as JSON, each function on a line. */
export async function languageWords(): Promise<string> {
  const known = await declarations();
  const calls = [...known].flatMap(([name, declaration]) => callOf(name, declaration, known) ?? [])
    .toSorted((a, b) => a.name < b.name ? -1 : 1);
  return `[\n${calls.map((call) => JSON.stringify(call)).join(",\n")}\n]\n`;
}

async function declarations(): Promise<Declarations> {
  const args = ["doc", "--json", ...ENTRIES.map((entry) => join(root, entry))];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const { nodes }: {
    readonly nodes: Readonly<
      Record<string, {
        readonly symbols: readonly {
          readonly name: string;
          readonly declarations: readonly Declaration[];
        }[];
      }>
    >;
  } = JSON.parse(new TextDecoder().decode(stdout));
  return new Map(
    Object.values(nodes).flatMap(({ symbols }) =>
      symbols.flatMap(({ name, declarations }) =>
        declarations.filter(({ kind }) => kind !== "reference").map((one) => [name, one] as const)
      )
    ),
  );
}

function callOf(name: string, { kind, jsDoc, def }: Declaration, known: Declarations) {
  if (kind !== "function" || !MADE.includes(def?.returnType?.repr ?? "")) return undefined;
  const parameters = (def?.params ?? []).map((one) => ({ ...one, ...one.left, ...one.arg }));
  const names = parameters.map(({ name = "options", arg }) => arg ? `...${name}` : name);
  const options = parameters.flatMap(({ tsType }) => optionsOf(tsType, known));
  const call: Call = { name, text: said(jsDoc), call: `${name}(${names.join(", ")})`, options };
  return call;
}

/** The options that an object of a type has; none of any other type. */
function optionsOf(type: Type | undefined, known: Declarations): readonly Word[] {
  if (type?.kind !== "typeRef") return [];
  // What a reference holds is told by its kind.
  const { typeName, typeParams: [of, names] = [] } = type.value as Reference;
  if (typeName === "Omit" || typeName === "Pick") {
    const named = literalsOf(names);
    return optionsOf(of, known).filter(({ name }) =>
      named.includes(name) === (typeName === "Pick")
    );
  }
  const { kind, def } = known.get(typeName) ?? {};
  if (kind === "typeAlias") return optionsOf(def?.tsType, known);
  if (kind !== "interface" || !typeName.endsWith("Options")) return [];
  return [
    ...(def?.properties ?? []).map(({ name, jsDoc }) => ({ name, text: said(jsDoc) })),
    ...(def?.extends ?? []).flatMap((base) => optionsOf(base, known)),
  ];
}

/** The names of a union of texts, or of one. */
function literalsOf(type: Type | undefined): readonly string[] {
  if (type?.kind === "union") return (type.value as readonly Type[]).flatMap(literalsOf);
  return type?.repr === undefined ? [] : [type.repr];
}

/** The first paragraph of a documentation, in one line and without its links. */
function said(jsDoc: Declaration["jsDoc"]): string {
  const [first = ""] = (jsDoc?.doc ?? "").split("\n\n");
  return first.trim().replaceAll(/\{@link (\w+)\}/g, "$1").replaceAll(/\s+/g, " ");
}
