/** Text that breaks out of whatever it is put into unescaped. */
export const HOSTILE: readonly string[] = [
  '"""\nimport os\n"""',
  "'''",
  "\\",
  "\u0000",
  "\u001b[2J\u001b]0;title\u0007",
  "one\nerror: two",
  "a\rb",
  "\u202eexe.gpj",
  "\u2028\u2029",
  "</script><script>alert(1)</script>",
  "]]><!--",
  "`$(touch x)`; rm -rf .",
  "| a | b |\n|---|---|",
  "\ud800",
  "%s%n{0}",
];
