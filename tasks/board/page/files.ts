/** Files that are dropped anywhere on the page, or pasted. */

/** Takes such files until it is told to end. */
export function takeFiles(take: (files: FileList) => void): () => void {
  const taken = (event: Event, files: FileList | undefined) => {
    if (files === undefined || files.length === 0) return;
    event.preventDefault();
    take(files);
  };
  // Without this the browser would show a file in place of the page.
  const over = (event: DragEvent) => event.preventDefault();
  const drop = (event: DragEvent) => {
    event.preventDefault();
    taken(event, event.dataTransfer?.files);
  };
  const paste = (event: ClipboardEvent) => taken(event, event.clipboardData?.files);
  addEventListener("dragover", over);
  addEventListener("drop", drop);
  addEventListener("paste", paste);
  return () => {
    removeEventListener("dragover", over);
    removeEventListener("drop", drop);
    removeEventListener("paste", paste);
  };
}
