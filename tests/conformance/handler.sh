#!/bin/sh
# A handler that is well, except for one FLAW: handler.sh FOLDER FLAW VERB. Each line of FOLDER/effects is one effect.
# In sh because it is called some thousand times, and reads variables only, because sh has no JSON.
folder=$1 flaw=$2 verb=$3
effects=$folder/effects
id=$AIBWATCH_ACTIVATION_ID epoch=$AIBWATCH_EPOCH to=${AIBWATCH_TO##*/}

progress() { echo '{"type":"progress","text":"'"$1"'"}'; }
result() { echo '{"type":"result",'"$1"'}'; }
is() { [ "$flaw" = "$1" ]; }

known=no last=0
if [ -f "$effects" ]; then
    while read -r one number rest; do
        [ "$one" = "$id" ] && known=yes
        last=$number
    done <"$effects"
fi
is once && { known=no; [ -f "$folder/done-$id" ] && known=yes; }
if [ "$AIBWATCH_REHEARSAL" = true ] && ! is rehearsal; then
    effects=$folder/rehearsed
    last=0
fi

activate() {
    if [ -z "$id" ] && is garbage; then id=nobody epoch=0; fi
    [ -n "$id" ] || { result '"why":"there is no request"'; exit 65; }
    is ends && trap 'sleep 60' TERM
    is newer && { read -r told; case $told in *conformance\":*) exit 65 ;; esac; }
    progress "looking"
    is killed && [ "$known" = no ] && { : >"$folder/begun-$id"; progress "begun"; sleep 0.05; }
    is ends && sleep 0.05
    is output && echo "switching now"
    if [ "$known" = yes ]; then
        is doubled && echo "$id $epoch $to" >>"$effects"
        is twice && [ "$AIBWATCH_ATTEMPT" = 1 ] && { result '"why":"done"'; exit 0; }
        is again && [ "$AIBWATCH_ATTEMPT" = 2 ] && { result '"why":"done"'; exit 20; }
        is codes && { result '"why":"done"'; exit 11; }
        result '"why":"done before"'
        exit 10
    fi
    if [ "$epoch" -lt "$last" ] && ! is stale; then
        result '"why":"a newer epoch stands"'
        exit 50
    fi
    is secrets && echo "password=correct-horse" >&2
    is applies || echo "$id $epoch $to" >>"$effects"
    is once && { progress "half"; sleep 0.05; : >"$folder/done-$id"; }
    rm -f "$folder/begun-$id"
    progress "done"
    result '"why":"switched"'
    exit 0
}

case $verb in
describe)
    is describes && { result '"name":"nameless"'; exit 0; }
    result '"name":"handler.sh","version":"1","capabilities":[]'
    ;;
check) result '"well":true' ;;
plan)
    is no_effects && echo "planned $last $to" >>"$effects"
    result '"changes":["switch"]'
    ;;
activate) activate ;;
deactivate)
    is back && { result '"why":"there is no way back"'; exit 30; }
    activate
    ;;
status)
    state=not_applied
    [ "$known" = yes ] && state=applied
    [ -f "$folder/rehearsed" ] && ! is denied && while read -r one rest; do [ "$one" = "$id" ] && state=applied; done <"$folder/rehearsed"
    is never && [ "$state" = not_applied ] && state=partial
    [ -f "$folder/begun-$id" ] && state=unknown
    result '"state":"'$state'"'
    ;;
*)
    is unknown_verb && exit 0
    exit 64
    ;;
esac
