# Exits 0 when another process of our pipeline can still write to our standard input.
# $1 is our process id. "Of our pipeline": in our process group and not an ancestor
# of ours, so a parent that merely forgot to close its end does not count.
me=$1
pipe=$(readlink "/proc/$me/fd/0") || exit 1
case $pipe in pipe:*) ;; *) exit 1 ;; esac

# Sets $parent and $group from /proc/PID/stat, whose second field may hold spaces.
read_stat() {
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  set -- ${stat##*) }
  parent=$2 group=$3
}

read_stat "$me" || exit 1
our_group=$group
ancestors=" $me "
while [ "${parent:-0}" -gt 1 ]; do
  ancestors="$ancestors$parent "
  read_stat "$parent" || break
done

for directory in /proc/[0-9]*; do
  pid=${directory#/proc/}
  case $ancestors in *" $pid "*) continue ;; esac
  [ "$pid" = $$ ] && continue
  read_stat "$pid" || continue
  [ "$group" = "$our_group" ] || continue
  for fd in "$directory"/fd/*; do
    [ "$(readlink "$fd" 2>/dev/null)" = "$pipe" ] || continue
    # The last octal digit of the flags is the access mode: 1 and 2 can write.
    case $(sed -n 's/^flags:[[:space:]]*//p' "$directory/fdinfo/${fd##*/}" 2>/dev/null) in
      *1 | *2) exit 0 ;;
    esac
  done
done
exit 1
