/** Shells that krt completes words in. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What a shell is to run so that it asks krt for words. All that is known of krt, its commands and the cluster stays in
 * `krt __complete`: the scripts only say how a shell hands over its words, and takes others.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // bash 3.2, as macOS has it, lacks compopt and negative indices
  bash: `# bash completion of krt; for each new shell: echo 'source <(krt completion bash)' >> ~/.bashrc
_krt() {
  local cur=\${COMP_WORDS[COMP_CWORD]} rest=\${COMP_LINE:0:COMP_POINT} words=() at=-1 i word full prefix line directive=0
  # bash splits words at = and : too; krt wants them whole
  rest=\${rest#"\${COMP_WORDS[0]}"}
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $at -lt 0 || $rest == [[:space:]]* ]]; then words[++at]=$word; else words[at]+=$word; fi
    rest=\${rest#"\${rest%%[![:space:]]*}"}
    rest=\${rest#"$word"}
  done
  [[ $cur == [=:] ]] && cur=
  full=\${words[at]}
  prefix=\${full%"$cur"}
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == :[0-9]* ]]; then directive=\${line#:}; continue; fi
    line=\${line%%$'\\t'*}
    printf -v line %q "\${line#"$prefix"}"
    COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]/#\\~/$HOME}" __complete -- "\${words[@]}" 2>/dev/null)
  if ((!(directive & 4))); then
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
    type compopt &>/dev/null && compopt -o filenames
  fi
  ((directive & 2)) && type compopt &>/dev/null && compopt -o nospace
  return 0
}
complete -F _krt krt
`,
  zsh: `#compdef krt
# zsh completion of krt; for each new shell: echo 'source <(krt completion zsh)' >> ~/.zshrc, behind compinit
_krt() {
  local -a lines found
  local line word directive=0
  lines=("\${(@f)$("\${(Q)\${~words[1]}}" __complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $lines; do
    if [[ $line == :<-> ]]; then
      directive=\${line#:}
    else
      # _describe takes what is behind a colon for the description
      word=\${\${line%%$'\\t'*}//:/\\\\:}
      [[ $line == *$'\\t'* ]] && word+=:\${line#*$'\\t'}
      found+=("$word")
    fi
  done
  if (( directive & 2 )); then
    _describe -V krt found -S ''
  else
    _describe -V krt found
  fi
  (( directive & 4 )) || _files
}
if [[ $funcstack[1] == _krt ]]; then _krt "$@"; else compdef _krt krt; fi
`,
  fish: `# fish completion of krt; once: krt completion fish > ~/.config/fish/completions/krt.fish
function __krt_complete
  set -l before (commandline -opc)
  set -l current (commandline -ct)
  for line in ($before[1] __complete -- $before[2..-1] "$current" 2>/dev/null)
    if string match -qr '^:\\d+$' -- $line
      # without the 4, files are as good
      test (math "bitand(4, "(string sub -s 2 -- $line)")") -eq 0; and __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c krt -f -a '(__krt_complete)' -k
`,
  powershell: `# PowerShell completion of krt; for each new shell: add this line to $PROFILE: krt completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName krt -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { $_.ToString() })
  # before 7.3 an empty word gets lost on its way to a program, unless it is in quotes
  if ($wordToComplete -eq '') { $words += $(if ($PSNativeCommandArgumentPassing -in $null, 'Legacy') { '""' } else { '' }) }
  & krt __complete '--' @words 2>$null | Where-Object { $_ -notmatch '^:\\d+$' } | ForEach-Object {
    $word, $about = $_ -split "\\t", 2
    $text = if ($about) { $about } else { $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $text)
  }
}
`,
};
