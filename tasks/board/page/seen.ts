/**
 * Text of the page in which everything can be seen, as in a terminal: names of runs, classes and files
 * may hold marks that turn around what stands beside them. It is done where elements are made, for all
 * of them; what a field or an address holds stays as it is.
 */
import { type ComponentChildren, options } from "preact";
import { printable, printableLines } from "../../../dsl/problem/escape.ts";

/** The attributes that are read to somebody. */
const READ = ["aria-label", "title", "alt"];

/** Has every element that is made from now on show its text so. */
export function showUnseen(): void {
  const { vnode: others } = options;
  options.vnode = (vnode) => {
    others?.(vnode);
    const props: { children?: ComponentChildren; [name: string]: unknown } = vnode.props;
    const shown = vnode.type === "pre" ? printableLines : printable;
    if (props.children !== undefined) props.children = seen(props.children, shown);
    for (const name of READ) {
      const { [name]: text } = props;
      if (typeof text === "string") props[name] = printable(text);
    }
  };
}

function seen(children: ComponentChildren, shown: (text: string) => string): ComponentChildren {
  if (typeof children === "string") return shown(children);
  return Array.isArray(children) ? children.map((child) => seen(child, shown)) : children;
}
