# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for pktwalk
_pktwalk() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local commands="run verify compare parse fuzz"
	local options="-v -vv -q --json --pcapng --save --capture --seed --color --labs --findings --model --jobs --shard --keep --print --merge --verbose --quiet --help --version"
	COMPREPLY=()
	case $prev in
	--color) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur"); return ;;
	--pcapng) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--save | --keep) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
	--seed | --capture | --labs | --findings | --jobs | --shard | --print) return ;;
	esac
	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
	*)
		if [ "$COMP_CWORD" = 1 ]; then
			mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
		else
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi
		;;
	esac
}
complete -F _pktwalk pktwalk
