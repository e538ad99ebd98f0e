/** What a run got wrong: its confusion matrix, its worst mistakes and each class, as `evaluate` has kept them. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { KeptFile, KeptPicture, KeptPictures } from "../../wire.ts";
import { ask, isExported } from "../ask.ts";
import { useAsked } from "../asked.ts";
import { copied } from "../copied.ts";
import { Problems } from "../problems.tsx";
import { ClassTable } from "./class_table.tsx";
import { ConfusedTable, isMatrix } from "./confused_table.tsx";

const TITLES: Readonly<Record<KeptPicture["of"], string>> = {
  confusion: "Which classes are taken for which",
  mistakes: "The worst mistakes",
};

export function Kept({ id }: { readonly id: string }): JSX.Element | null {
  const looks = useSignal(0);
  const { found: known, problems } = useAsked<KeptPictures>(
    { path: "pictures", given: [["run", id]] },
    looks.value,
  );
  const held = [...known?.pictures ?? [], ...known?.scores ?? [], ...known?.confused ?? []];
  // An exported board stays as it is: what is not there will not come.
  if (isExported && held.length === 0 && problems.length === 0) return null;
  return (
    <section class="kept" aria-label={`What ${id} got wrong`}>
      <h3>What it got wrong</h3>
      <Problems problems={problems} title="What evaluate has kept of it cannot be read:" />
      {known?.confused.map((confused) => (
        <figure key={confused.name}>
          <Caption title={CONFUSED} file={confused} />
          <ConfusedTable confused={confused} title={titled(CONFUSED, confused)} />
        </figure>
      ))}
      {known?.pictures.filter((picture) => !isInTable(picture, known)).map((picture) => (
        <Picture key={picture.name} id={id} picture={picture} />
      ))}
      {known?.scores.map((scores) => (
        <figure key={scores.name}>
          <Caption title="Class by class" file={scores} />
          <ClassTable classes={scores.classes} title={titled("Class by class", scores)} />
        </figure>
      ))}
      {known && !isExported && isWanting(known) && (
        <ToDraw
          kept={known}
          onLook={() => looks.value++}
        />
      )}
    </section>
  );
}

const CONFUSED = "Pictures of what is taken for what";

/** Whether a picture of the confusion matrix says what a table of it does. */
function isInTable({ of, measured }: KeptPicture, { confused }: KeptPictures): boolean {
  return of === "confusion" &&
    confused.some((one) => one.measured === measured && isMatrix(one));
}

function titled(title: string, { measured }: KeptFile): string {
  return measured === "" ? title : `${title}: ${measured}`;
}

function Caption(
  { title, file }: { readonly title: string; readonly file: KeptFile },
): JSX.Element {
  return (
    <figcaption>
      {titled(title, file)}
      {file.isOld && <span class="said">older than the run's weights</span>}
    </figcaption>
  );
}

function Picture(
  { id, picture }: { readonly id: string; readonly picture: KeptPicture },
): JSX.Element {
  const { name, of, made } = picture;
  const title = titled(TITLES[of], picture);
  const address = useSignal<string | undefined>(undefined);
  useEffect(() => {
    if (!isExported) {
      // A picture that was drawn anew is another one for the browser.
      address.value = `api/picture?${new URLSearchParams({ run: id, name, made: `${made}` })}`;
      return;
    }
    ask<string>("picture", [["run", id], ["name", name]]).then((found) => {
      if (found._tag === "Left") return;
      const drawn = new Blob([found.right], { type: "image/svg+xml" });
      address.value = URL.createObjectURL(drawn);
    });
    return () => address.value && URL.revokeObjectURL(address.value);
  }, [id, name, made]);
  return (
    <figure>
      <Caption title={TITLES[of]} file={picture} />
      <div class="wide" tabIndex={0} role="region" aria-label={`${title}; arrow keys move it`}>
        {address.value && <img src={address.value} alt={title} />}
      </div>
    </figure>
  );
}

/** Whether pictures, scores or what was taken for what are missing, or all are old. */
function isWanting({ pictures, scores, confused }: KeptPictures): boolean {
  return [pictures, scores, confused].some((files) => files.every(({ isOld }) => isOld));
}

/** How pictures and scores are made that are missing or old. */
function ToDraw(
  { kept: { pictures, scores, confused, command }, onLook }: {
    readonly kept: KeptPictures;
    readonly onLook: () => void;
  },
): JSX.Element {
  const said = useSignal("");
  if (command === undefined) {
    return <p class="note">It has no weights yet that could be measured.</p>;
  }
  return (
    <>
      <p class="note">
        {pictures.length === 0
          ? "Not drawn yet. This measures it on its test images, and draws what it got wrong:"
          : scores.length === 0
          ? "The scores of its classes are not kept yet. This keeps them beside the pictures:"
          : confused.length === 0
          ? "What was taken for what is not kept yet. This keeps it, with pictures:"
          : "Its weights have changed since these were drawn. This draws them anew:"}
      </p>
      <pre tabIndex={0}>{command}</pre>
      <p class="tools">
        <button type="button" onClick={async () => said.value = await copied("command", command)}>
          Copy command
        </button>
        <button type="button" onClick={onLook}>Look again</button>
        <output>{said}</output>
      </p>
    </>
  );
}
