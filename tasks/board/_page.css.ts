// deno-fmt-ignore-file: the lines are those of the source.
/** Written by `deno task generate`: a copy of styles, edit `page` instead. */
const source: string = `.uplot, .uplot *, .uplot *::before, .uplot *::after {box-sizing: border-box;}.uplot {font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif, "Apple Color Emoji", "Segoe UI Emoji", "Segoe UI Symbol", "Noto Color Emoji";line-height: 1.5;width: min-content;}.u-title {text-align: center;font-size: 18px;font-weight: bold;}.u-wrap {position: relative;user-select: none;}.u-over, .u-under {position: absolute;}.u-under {overflow: hidden;}.uplot canvas {display: block;position: relative;width: 100%;height: 100%;}.u-axis {position: absolute;}.u-legend {font-size: 14px;margin: auto;text-align: center;}.u-inline {display: block;}.u-inline * {display: inline-block;}.u-inline tr {margin-right: 16px;}.u-legend th {font-weight: 600;}.u-legend th > * {vertical-align: middle;display: inline-block;}.u-legend .u-marker {width: 1em;height: 1em;margin-right: 4px;background-clip: padding-box !important;}.u-inline.u-live th::after {content: ":";vertical-align: middle;}.u-inline:not(.u-live) .u-value {display: none;}.u-series > * {padding: 4px;}.u-series th {cursor: pointer;}.u-legend .u-off > * {opacity: 0.3;}.u-select {background: rgba(0,0,0,0.07);position: absolute;pointer-events: none;}.u-cursor-x, .u-cursor-y {position: absolute;left: 0;top: 0;pointer-events: none;will-change: transform;}.u-hz .u-cursor-x, .u-vt .u-cursor-y {height: 100%;border-right: 1px dashed #607D8B;}.u-hz .u-cursor-y, .u-vt .u-cursor-x {width: 100%;border-bottom: 1px dashed #607D8B;}.u-cursor-pt {position: absolute;top: 0;left: 0;border-radius: 50%;border: 0 solid;pointer-events: none;will-change: transform;/*this has to be !important since we set inline "background" shorthand */background-clip: padding-box !important;}.u-axis.u-off, .u-select.u-off, .u-cursor-x.u-off, .u-cursor-y.u-off, .u-cursor-pt.u-off {display: none;}
:root {
  color-scheme: light dark;
  --text: #222;
  --words: #555;
  --page: #fff;
  --line: #ddd;
  --box: #f6f6f6;
  --accent: #0072b2;
  --wrong: #b3261e;
  --good: #00694c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e3e6ea;
    --words: #a9b0ba;
    --page: #16181d;
    --line: #3a3f48;
    --box: #20232a;
    --accent: #4aa3df;
    --wrong: #ff8a80;
    --good: #4cc3a0;
  }
}
* {
  box-sizing: border-box;
}
body {
  margin: 0 auto;
  padding: 0 1rem 4rem;
  max-width: 82rem;
  color: var(--text);
  background: var(--page);
  font: 16px/1.5 Helvetica, Arial, sans-serif;
  overflow-wrap: anywhere;
}
header {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 0.25rem 1.5rem;
  padding: 0.9rem 0 0.5rem;
  border-bottom: 2px solid var(--accent);
  margin-bottom: 1rem;
}
h1 {
  font-size: 1.3rem;
  margin: 0;
}
h2 {
  font-size: 1.15rem;
  margin: 1.8rem 0 0.4rem;
  border-top: 1px solid var(--line);
  padding-top: 0.8rem;
}
.sides > section:last-child > h2:first-child {
  border-top: 0;
  margin-top: 0;
  padding-top: 0;
}
nav {
  display: flex;
  gap: 1.2rem;
}
a {
  color: var(--accent);
}
nav a {
  text-decoration: none;
  padding: 0.2rem 0;
}
nav a[aria-current] {
  font-weight: bold;
  color: var(--text);
  box-shadow: 0 2px var(--accent);
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}
.tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.4rem 1.2rem;
  margin: 0.6rem 0;
}
.note,
.said {
  color: var(--words);
  font-size: 0.88rem;
}
input,
select,
textarea,
button {
  font: inherit;
  color: inherit;
  max-width: 100%;
}
input[type="text"],
input[type="search"],
input[type="number"],
select,
textarea,
button {
  background: var(--box);
  border: 1px solid var(--line);
  border-radius: 4px;
  padding: 0.25rem 0.5rem;
}
input[type="number"] {
  width: 6.5rem;
}
input[type="range"] {
  accent-color: var(--accent);
}
button {
  cursor: pointer;
}
button:disabled {
  opacity: 0.55;
  cursor: default;
}
.wide {
  overflow: auto;
  margin: 0.6rem 0;
}
.runs {
  max-height: 24rem;
}
.summary {
  max-height: 80vh;
}
table {
  border-collapse: collapse;
  font-size: 0.88rem;
  font-variant-numeric: tabular-nums;
}
th,
td {
  padding: 0.25rem 0.7rem 0.25rem 0;
  text-align: left;
  vertical-align: top;
  white-space: nowrap;
  border-bottom: 1px solid var(--line);
}
thead th {
  position: sticky;
  top: 0;
  background: var(--page);
}
.number {
  text-align: right;
}
.runs td:nth-child(2) {
  white-space: normal;
  min-width: 11rem;
}
tr.drawn td {
  background: var(--box);
}
tr.total td {
  position: sticky;
  bottom: 0;
  font-weight: bold;
  background: var(--page);
}
.summary td:first-child,
.summary th:first-child {
  position: sticky;
  left: 0;
  background: var(--page);
}
button.sort,
button.fold {
  border: 0;
  background: none;
  padding: 0;
}
button.sort {
  font-weight: bold;
}
.leaf {
  padding-left: 1rem;
}
.state {
  font-size: 0.85rem;
}
.state.training {
  color: var(--good);
  font-weight: bold;
}
.legend {
  list-style: none;
  display: flex;
  flex-wrap: wrap;
  gap: 0.2rem 1.2rem;
  padding: 0;
  margin: 1rem 0 0;
}
.legend .state {
  margin-left: 0.5rem;
}
.swatch {
  display: inline-block;
  width: 0.9rem;
  height: 0.9rem;
  border-radius: 2px;
  vertical-align: -0.1rem;
}
figure.chart {
  margin: 0.9rem 0;
}
figcaption {
  font-weight: bold;
  min-height: 1.6rem;
}
.said {
  font-weight: normal;
  margin-left: 0.6rem;
}
pre {
  overflow-x: auto;
  background: var(--box);
  padding: 0.7rem;
  font-size: 0.82rem;
  line-height: 1.4;
  overflow-wrap: normal;
  margin: 0.4rem 0;
}
.problems {
  border-left: 3px solid var(--wrong);
  padding-left: 0.8rem;
}
.problems pre {
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
.problems p {
  color: var(--wrong);
  font-weight: bold;
  margin: 0;
}
dl {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr));
  gap: 0 1.5rem;
  margin: 0.6rem 0;
  font-size: 0.92rem;
}
dl div {
  display: grid;
  grid-template-columns: 10.5rem 1fr;
  border-bottom: 1px solid var(--line);
  padding: 0.2rem 0;
}
dt {
  color: var(--words);
}
dd {
  margin: 0;
}
details {
  margin: 0.5rem 0;
}
summary {
  cursor: pointer;
  font-weight: bold;
}
fieldset.kinds {
  border: 0;
  padding: 0;
  margin: 0 0 0.6rem;
  display: flex;
  flex-wrap: wrap;
  gap: 0 1.2rem;
}
fieldset legend {
  padding: 0;
  font-weight: bold;
}
label.row {
  display: block;
  margin: 0.5rem 0;
}
label.row select,
label.row textarea,
label.row input {
  display: block;
  width: 100%;
}
label.slider {
  display: grid;
  max-width: 34rem;
  grid-template-columns: 1fr 7rem 2.6rem;
  gap: 0.6rem;
  align-items: center;
  font-size: 0.92rem;
}
label.slider input {
  width: 100%;
}
label.slider output {
  text-align: right;
  font-variant-numeric: tabular-nums;
}
.pair {
  display: grid;
  grid-template-columns: 1fr 1fr;
  gap: 0.8rem;
}
textarea {
  font: 0.82rem/1.4 monospace;
}
.diagram {
  overflow: auto;
  max-height: 85vh;
  border: 1px solid var(--line);
  background: #fff;
  color: #222;
  cursor: grab;
}
.diagram:active {
  cursor: grabbing;
}
.drawn {
  position: relative;
  margin: 0 auto;
}
.drawn img {
  display: block;
  width: 100%;
}
.box {
  position: absolute;
  padding: 0;
  border: 0;
  background: none;
  cursor: inherit;
}
.box[data-turns] {
  cursor: pointer;
}
.pointed-at {
  outline: 2px solid #b3261e;
  outline-offset: 1px;
}
.summary tr.lit td {
  background: var(--box);
}
.summary tr.lit td:first-child {
  box-shadow: inset 3px 0 var(--accent);
}
.pointed {
  display: flex;
  gap: 1.2rem;
  min-height: 14rem;
}
.pointed p {
  margin: 0;
}
.pointed > div {
  flex: 1;
}
.pointed dl {
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 11rem), 1fr));
  gap: 0 1.2rem;
  margin: 0.3rem 0;
}
.pointed dl div {
  grid-template-columns: 4.5rem 1fr;
  padding: 0;
}
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}
@media (min-width: 900px) {
  .pointed {
    min-height: 9.5rem;
  }
  .sides {
    display: grid;
    grid-template-columns: 21rem minmax(0, 1fr);
    gap: 2rem;
  }
}

.tile {
  display: grid;
  justify-items: center;
  align-content: start;
  width: 6.4rem;
  text-align: center;
  font-size: 0.8rem;
  color: var(--words);
}
.layers {
  display: grid;
}
.layers canvas {
  grid-area: 1 / 1;
  width: 6.4rem;
  height: 6.4rem;
  image-rendering: pixelated;
}

.kept,
.masks {
  margin: 1.2rem 0;
}
.kept figure {
  margin: 0.9rem 0;
}
.classes {
  max-height: 24rem;
}
.confused button,
.confusions button {
  border-color: transparent;
  background: none;
  padding: 0 0.2rem;
  text-decoration: underline;
}
.confused [aria-pressed="true"],
.confusions [aria-pressed="true"] {
  border-color: var(--accent);
}
.confused td,
.confused th {
  padding: 0.2rem 0.5rem;
}
.confused th {
  min-width: 3.5rem;
  max-width: 10rem;
  white-space: normal;
  overflow-wrap: break-word;
}
.confused tbody th {
  position: sticky;
  left: 0;
  background: var(--page);
}
.cell {
  display: flex;
  flex-wrap: wrap;
  gap: 0.4rem;
}
.cell figcaption {
  flex: 1 0 100%;
}
.confusions {
  list-style: none;
  padding: 0;
  display: flex;
  flex-wrap: wrap;
  gap: 0.2rem 0.8rem;
}
.cell .tile img {
  width: 96px;
  image-rendering: pixelated;
}

.answer {
  display: flex;
  flex-wrap: wrap;
  gap: 0.6rem 1.5rem;
}
.guesses {
  list-style: none;
  padding: 0;
  margin: 0;
  flex: 1 1 16rem;
  max-width: 30rem;
}
.guesses li {
  display: grid;
  grid-template-columns: 8rem 1fr 4rem;
  gap: 0.6rem;
  align-items: center;
}
meter {
  width: 100%;
}
.attention,
.cams {
  margin: 0.8rem 0;
}
.attention {
  max-width: 34rem;
}
h3 {
  font-size: 1rem;
  margin: 0;
}
.tiles {
  display: flex;
  flex-wrap: wrap;
  gap: 0.6rem;
  margin-top: 0.3rem;
}
.tiles .tile,
.tiles canvas {
  width: min(9.6rem, 27vw);
}
.tiles canvas {
  height: min(9.6rem, 27vw);
}
.camera {
  margin: 0.6rem 0;
}
video {
  display: block;
  width: 100%;
  max-width: 30rem;
  background: #000;
}

.standing {
  display: grid;
  gap: 0.3rem;
  margin: 0 0 0.6rem;
}
progress {
  width: 100%;
  accent-color: var(--accent);
}
.looks {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 20.5rem), 1fr));
  gap: 0.8rem 1.2rem;
  margin-top: 0.8rem;
}
.looks figure {
  margin: 0;
  display: flex;
  flex-wrap: wrap;
  gap: 0.3rem 0.6rem;
}
.looks figcaption {
  flex-basis: 100%;
}

.trainer .fields {
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr));
  gap: 0 1.2rem;
}
.trainer [aria-invalid="true"] {
  border-color: var(--wrong);
}
.started {
  list-style: none;
  padding: 0;
}
`;

export default source;
