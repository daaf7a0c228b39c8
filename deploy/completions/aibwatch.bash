# Completion of aibwatch for bash. Written by `make docs`.
_aibwatch() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word i
    local commands= options= files=
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case "$command $word" in
            *" --config") ((i++)) ;;
            " run") command="run" ;;
            " demo") command="demo" ;;
            " simulate") command="simulate" ;;
            " check-config") command="check-config" ;;
            " show-config") command="show-config" ;;
            " probe") command="probe" ;;
            " status") command="status" ;;
            " explain") command="explain" ;;
            " active") command="active" ;;
            " history") command="history" ;;
            " incident") command="incident" ;;
            " failover") command="failover" ;;
            " failback") command="failback" ;;
            " drill") command="drill" ;;
            " approve") command="approve" ;;
            " deny") command="deny" ;;
            " pause") command="pause" ;;
            " resume") command="resume" ;;
            " reset") command="reset" ;;
            " build") command="build" ;;
            " readiness") command="readiness" ;;
            " replicate") command="replicate" ;;
            " backup") command="backup" ;;
            " restore") command="restore" ;;
            " regions") command="regions" ;;
            " doctor") command="doctor" ;;
            " backtest") command="backtest" ;;
            " classify") command="classify" ;;
            " handler") command="handler" ;;
            "handler test") command="handler test" ;;
        esac
    done
    case "$previous" in
        --bundle|--ca-bundle|--config|--effect|--scenario|--secret-file)
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$current")); return ;;
        --out)
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -d -- "$current")); return ;;
        --at|--code|--entry-point|--for|--from|--group|--header|--id|--listen|--move|--name|--option|--override|--phase|--reason|--resource-group|--status|--status-url|--subscription|--timeout|--to|--variants) return ;;
    esac
    case "$command" in
        "")
            commands="run demo simulate check-config show-config probe status explain active history incident failover failback drill approve deny pause resume reset build readiness replicate backup restore regions doctor backtest classify handler"
            options="--config --version --help" ;;
        "run")
            options="--help" ;;
        "demo")
            options="--fast --exit --help" ;;
        "simulate")
            options="--listen --scenario --tls --help" ;;
        "check-config")
            options="--help" ;;
        "show-config")
            options="--json --help" ;;
        "probe")
            options="--once --json --help" ;;
        "status")
            options="--json --help" ;;
        "explain")
            options="--at --json --help" ;;
        "active")
            options="--help" ;;
        "history")
            options="--move --markdown --json --help" ;;
        "incident")
            options="--bundle --force --json --help" ;;
        "failover")
            options="--reason --to --override --dry-run --json --help" ;;
        "failback")
            options="--reason --override --dry-run --json --help" ;;
        "drill")
            options="--reason --to --override --dry-run --json --help" ;;
        "approve")
            options="--reason --json --help" ;;
        "deny")
            options="--reason --json --help" ;;
        "pause")
            options="--for --reason --json --help" ;;
        "resume")
            options="--reason --json --help" ;;
        "reset")
            options="--reason --json --help" ;;
        "build")
            options="--to --wait --timeout --reason --id --json --help" ;;
        "readiness")
            options="--now --json --help" ;;
        "replicate")
            options="--to --apply --replace --name --resource-group --json --help" ;;
        "backup")
            options="--out --history --json --help" ;;
        "restore")
            files=yes
            options="--to --apply --dry-run --replace --name --resource-group --json --help" ;;
        "regions")
            options="--subscription --json --help" ;;
        "doctor")
            options="--json --help" ;;
        "backtest")
            files=yes
            options="--variants --list --json --help" ;;
        "classify")
            options="--status --code --phase --header --json --help" ;;
        "handler")
            commands="test"
            options="--help" ;;
        "handler test")
            options="--entry-point --option --secret-file --status-url --ca-bundle --effect --group --from --to --timeout --json --help" ;;
    esac
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    elif [[ -n $commands ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$current"))
    elif [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}
complete -F _aibwatch aibwatch
