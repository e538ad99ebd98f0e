/**
 * The scripts that teach bash, zsh and fish to complete netfold's tasks. They
 * ask netfold for candidates within its own folder and leave every other
 * command line to what completed `deno` before.
 */
import { shellWord } from "../../dsl/problem/escape.ts";
export interface ScriptOptions {
  /** The absolute path of `tasks/cli/main.ts`, which is asked. */
  readonly program: string;
  /** The absolute path of the folder whose tasks are completed. */
  readonly root: string;
  readonly tasks: readonly string[];
}

const SCRIPTS = { bash, zsh, fish } as const;

/** A shell in which tasks are completed. */
export type TaskShell = keyof typeof SCRIPTS;

export function isTaskShell(name: string): name is TaskShell {
  return Object.hasOwn(SCRIPTS, name);
}

export function taskScript(shell: TaskShell, options: ScriptOptions): string {
  return SCRIPTS[shell](options);
}

/** A text as it stands, in which `\${` is the shell's own. */
function script({ raw }: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: raw.map((text) => text.replaceAll("\\${", "${")) }, ...values);
}

const ASK = "deno run --no-lock --quiet --allow-read";

function bash({ program, root, tasks }: ScriptOptions): string {
  return script`# Completion of netfold's tasks in bash: source <(deno task --quiet completion bash)
_netfold_root=${shellWord(root)}
_netfold_program=${shellWord(program)}
_netfold_tasks=(${tasks.join(" ")})

# What completed deno before, if it was a function.
_netfold_found=$(complete -p deno 2>/dev/null)
if [[ $_netfold_found =~ \ -F\ ([^ ]+)\  && \${BASH_REMATCH[1]} != _netfold ]]; then
  _netfold_before=\${BASH_REMATCH[1]}
fi
unset _netfold_found

_netfold_otherwise() {
  if [[ -n \${_netfold_before-} ]]; then "$_netfold_before" "$@"; fi
}

_netfold() {
  local IFS=$' \t\n' at=2 here task name word current words=() glued=
  here=$(pwd -P)
  COMPREPLY=()
  if [[ $COMP_CWORD -lt 2 || \${COMP_WORDS[1]} != task ||
    ( $PWD/ != "$_netfold_root"/* && $here/ != "$_netfold_root"/* ) ]]; then
    _netfold_otherwise "$@"
    return
  fi
  while [[ $at -lt $COMP_CWORD && \${COMP_WORDS[at]} == -* ]]; do at=$((at + 1)); done
  task=\${COMP_WORDS[at]}

  # The name of a task, beside those that others know.
  if [[ $at -eq $COMP_CWORD ]]; then
    _netfold_otherwise "$@"
    for name in "\${_netfold_tasks[@]}"; do
      if [[ $name == "$task"* && " \${COMPREPLY[*]} " != *" $name "* ]]; then COMPREPLY+=("$name"); fi
    done
    return
  fi
  if [[ " \${_netfold_tasks[*]} " != *" $task "* ]]; then
    _netfold_otherwise "$@"
    return
  fi

  # Bash takes --name=value apart; netfold is asked about the whole word.
  current=\${COMP_WORDS[COMP_CWORD]}
  for word in "\${COMP_WORDS[@]:at + 1:COMP_CWORD - at}"; do
    if [[ \${#words[@]} -gt 0 && ( ( $word == "=" && \${words[\${#words[@]} - 1]} == --* ) || -n $glued ) ]]; then
      words[\${#words[@]} - 1]+=$word
      if [[ $word == "=" ]]; then glued=yes; else glued=; fi
    else
      words+=("$word")
    fi
  done
  if [[ $current == "=" ]]; then current=; fi
  word=\${words[\${#words[@]} - 1]}
  word=${'${word%"$current"}'}
  while IFS= read -r name; do
    COMPREPLY+=("${'${name#"$word"}'}")
  done < <(${ASK} "$_netfold_program" completion complete "$task" "\${words[@]}" 2>/dev/null </dev/null)
}

complete -o bashdefault -o default -F _netfold deno
`;
}

function zsh({ program, root, tasks }: ScriptOptions): string {
  return script`# Completion of netfold's tasks in zsh: source <(deno task --quiet completion zsh)
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
typeset -g _netfold_root=${shellWord(root)}
typeset -g _netfold_program=${shellWord(program)}
typeset -ga _netfold_tasks=(${tasks.join(" ")})

# What completed deno before.
if [[ -n \${_comps[deno]-} && \${_comps[deno]} != _netfold ]]; then
  typeset -g _netfold_before=\${_comps[deno]}
fi

_netfold_otherwise() {
  if [[ -n \${_netfold_before-} ]]; then $_netfold_before "$@"; else _default; fi
}

_netfold() {
  local -i at=3
  local -a found
  local here=$(pwd -P)
  if [[ $CURRENT -lt 3 || \${words[2]} != task ||
    ( $PWD/ != $_netfold_root/* && $here/ != $_netfold_root/* ) ]]; then
    _netfold_otherwise "$@"
    return
  fi
  while (( at < CURRENT )) && [[ \${words[at]} == -* ]]; do (( at += 1 )); done
  if (( at == CURRENT )); then
    if [[ -n \${_netfold_before-} ]]; then $_netfold_before "$@"; fi
    (( compstate[nmatches] )) || compadd -- $_netfold_tasks
    return
  fi
  if (( ! \${_netfold_tasks[(Ie)\${words[at]}]} )); then
    _netfold_otherwise "$@"
    return
  fi
  found=(${'${(f)"$('}${ASK} $_netfold_program completion complete "\${(@Q)words[at,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)"})
  if (( $#found )); then
    compadd -- $found
  else
    [[ $PREFIX != --*=* ]] || compset -P '*='
    _files
  fi
}

compdef _netfold deno
`;
}

function fish({ program, root, tasks }: ScriptOptions): string {
  const literal = (text: string): string => `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
  return script`# Completion of netfold's tasks in fish: deno task --quiet completion fish | source
set -g __netfold_root ${literal(root)}
set -g __netfold_program ${literal(program)}
set -g __netfold_tasks ${tasks.join(" ")}

# The words after "deno task" up to the cursor, within netfold's folder only.
function __netfold_words
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test "$words[2]" = task; or return 1
    set -l inside (string length -- $__netfold_root/)
    contains -- $__netfold_root/ (string sub -l $inside -- $PWD/ (pwd -P)/); or return 1
    set -e words[1..2]
    while set -q words[1]; and string match -q -- '-*' $words[1]
        set -e words[1]
    end
    set -q words[1]; and printf '%s\n' $words
    return 0
end

function __netfold_names
    set -l words (__netfold_words)
    and not set -q words[1]
end

function __netfold_known
    set -l words (__netfold_words); and set -q words[1]; and contains -- $words[1] $__netfold_tasks
end

function __netfold_candidates
    set -l current (commandline -ct)
    set -l found (${ASK} $__netfold_program completion complete (__netfold_words) "$current" 2>/dev/null </dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        set -l head (string match -r -- '^--[^=]+=' "$current")
        set -l path (string replace -r -- '^--[^=]+=' '' "$current")
        for name in (__fish_complete_path "$path")
            echo "$head$name"
        end
    end
end

# What completes deno otherwise is loaded first, for it might take the place of this.
complete -C 'deno ' >/dev/null
complete -c deno -n __netfold_names -a '$__netfold_tasks'
complete -c deno -n __netfold_known -f -a '(__netfold_candidates)'
`;
}
