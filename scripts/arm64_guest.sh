#!/bin/busybox sh
# The first process of the machine of try_arm64.ts.
export PATH=/bin
if [ ! -e /second ]; then
  # On the first root file system no user namespace can be made.
  /bin/busybox mkdir -p /new/bin
  /bin/busybox mount -t tmpfs -o mode=755 none /new
  /bin/busybox mkdir /new/bin /new/etc /new/proc /new/dev /new/tmp
  /bin/busybox cp -a /bin/. /new/bin/
  /bin/busybox cp /init /new/init
  echo > /new/second
  exec /bin/busybox switch_root /new /init
fi
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t devtmpfs dev /dev
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
chmod 1777 /tmp
printf 'root:x:0:0::/:/bin/sh\nu:x:1000:1000::/:/bin/sh\n' > /etc/passwd
printf 'root:x:0:\nu:x:1000:\n' > /etc/group

# Everything one user tries; runs as that user.
if [ "$1" = user ]; then
  uid=$(id -u)
  confined="helper --write /ws --read /ws/.git --chdir /ws"
  helper --probe
  helper --probe --landlock-only
  $confined -- sh -c 'echo in > f; echo "write inside: $(cat f)"'
  $confined -- sh -c 'echo x > /out/f' 2>&1
  [ -e /out/f ] || echo "write outside: refused"
  $confined -- sh -c 'mkdir -p .git/hooks' 2>/dev/null || echo "repository: refused"
  $confined -- sh -c 'echo "capabilities: $(sed -n "s/^CapEff:.//p" /proc/self/status)"'
  $confined -- sh -c 'exit 7'
  echo "exit code: $?"
  $confined -- sh -c 'tool chain /ws/late & sleep 0.2'
  sleep 2
  [ -e /ws/late ] || echo "daemon: gone"
  helper --landlock-only --write /ws --chdir /ws -- sh -c 'tool chain /ws/late & sleep 0.2'
  sleep 2
  [ -e /ws/late ] || echo "daemon under Landlock: gone"
  mkdir /tmp/own$uid
  $confined --tmp /tmp/own$uid -- sh -c 'echo t > /tmp/t'
  echo "own tmp: $(ls /tmp/own$uid)"
  $confined --processes-max 350 -- tool bomb 350
  $confined --limit nofile=64 -- sh -c 'echo "open files: $(ulimit -n)"'
  timeout 9 tool accept /tmp/s$uid /out/got &
  sleep 1
  $confined --proxy 13128:/tmp/s$uid -- sh -c 'echo PWNED | timeout 2 nc 127.0.0.1 13128
    tool stream /tmp/s'$uid' || nc -w 1 10.0.2.2 80 </dev/null 2>&1 || echo "direct: refused"'
  echo "proxy: $(cat /out/got)"
  $confined --pty -- sh -c 'echo "terminal: $(tty)"' </dev/null
  mkfifo /out/fifo
  sleep 30 <>/out/fifo &
  attacks --make $((4000 + uid)) >/dev/null
  echo "-- attacks, helper"
  $confined -- attacks /out/fifo $((4000 + uid))
  echo "-- attacks, Landlock"
  helper --landlock-only --write /ws --chdir /ws -- attacks /out/fifo $((4000 + uid))
  exit
fi

uname -a
for user in root u; do
  rm -rf /ws /out
  mkdir /ws /out
  chown $user:$user /ws /out
  echo "== uid $(id -u $user)"
  su -s /bin/sh $user -c "sh /init user"
done
poweroff -f
