/// <reference lib="dom" />
/** The script of the board's page. `deno task generate` bundles it into `_page.js.ts`. */
import { render } from "preact";
import { Board } from "./board.tsx";
import { showUnseen } from "./seen.ts";

showUnseen();
const place = document.getElementById("board");
if (place !== null) render(<Board />, place);
