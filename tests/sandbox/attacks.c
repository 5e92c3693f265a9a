/*
 * Tries what a confined command must not be able to do, and prints for each attempt
 * `name ok` or `name ERRNO`. Works on paths given as arguments, and undoes nothing:
 * the test gives it a room of its own.
 *
 *   attacks FIFO SHM_KEY     the attempts
 *   attacks --make SHM_KEY   outside: a System V segment to look for; prints its id
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *name, long result) {
  printf("%s %s\n", name, result >= 0 ? "ok" : strerrorname_np(errno));
}

static long open_and_close(const char *path, int flags) {
  int fd = open(path, flags | O_CLOEXEC);
  if (fd >= 0) close(fd);
  return fd;
}

static long write_same(const char *path) {
  char text[512];
  int fd = open(path, O_RDONLY);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
  if (length < 0) return -1;
  close(fd);
  fd = open(path, O_WRONLY);
  return fd < 0 ? -1 : write(fd, text, (size_t)length);
}

static void sockets(void) {
  static const struct { const char *name; int family, type; } kinds[] = {
    { "socket-inet", AF_INET, SOCK_STREAM }, { "socket-inet6", AF_INET6, SOCK_DGRAM },
    { "socket-netlink", AF_NETLINK, SOCK_RAW }, { "socket-packet", AF_PACKET, SOCK_RAW },
    { "socket-alg", 38, SOCK_SEQPACKET }, { "socket-vsock", 40, SOCK_STREAM },
    { "socket-unix-stream", AF_UNIX, SOCK_STREAM },
    { "socket-unix-datagram", AF_UNIX, SOCK_DGRAM }, { "socket-unix-raw", AF_UNIX, SOCK_RAW },
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    say(kinds[i].name, socket(kinds[i].family, kinds[i].type, 0));
  struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  say("unix-connect", connect(fd, (struct sockaddr *)&address, sizeof address));
  say("unix-bind", bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t)));
  int pair[2] = { -1, -1 };
  say("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
  say("socketpair-send", send(pair[0], "x", 1, 0));
  say("socketpair-shutdown", shutdown(pair[0], SHUT_WR));
  say("socketpair-datagram", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
}

static void other_processes(void) {
  char byte;
  uint64_t local[2] = { (uint64_t)(uintptr_t)&byte, 1 }, remote[2] = { 4096, 1 };
  say("process_vm_readv", syscall(SYS_process_vm_readv, getppid(), local, 1L, remote, 1L, 0L));
  say("ptrace", ptrace(PTRACE_ATTACH, getppid(), 0, 0));
  say("kcmp", syscall(SYS_kcmp, getpid(), getpid(), 0L, 0L, 0L));
  int pidfd = (int)syscall(434, getppid(), 0L);
  say("pidfd_getfd", syscall(438, pidfd, 0L, 0L));
}

static void kernel(void) {
  char zeros[256] = { 0 };
  say("io_uring", syscall(425, 1L, zeros));
  say("bpf", syscall(SYS_bpf, 0L, zeros, sizeof zeros));
  say("keyctl", syscall(SYS_keyctl, 0L, -3L, 1L));
  say("add_key", syscall(SYS_add_key, "user", "codex-attack", "x", 1L, -3L));
  say("userfaultfd", syscall(SYS_userfaultfd, 0L));
  say("perf", syscall(SYS_perf_event_open, zeros, 0L, -1L, -1L, 0L));
  say("unshare-user", unshare(CLONE_NEWUSER));
  say("unshare-user-net", unshare(CLONE_NEWUSER | CLONE_NEWNET));
  say("clone3", syscall(435, zeros, 64L));
  say("mount-remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL));
  say("mount-tmpfs", mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
  say("umount", umount2("/dev", MNT_DETACH));
  say("open_tree", syscall(428, AT_FDCWD, "/", 1L));
  say("chroot", chroot("/"));
  int ns = open("/proc/self/ns/net", O_RDONLY);
  say("setns", syscall(SYS_setns, ns, 0L));
  say("tiocsti", ioctl(0, TIOCSTI, "x"));
  say("open_by_handle", syscall(SYS_open_by_handle_at, AT_FDCWD, zeros, 0L));
}

static void old_interface(void) {
#ifdef __x86_64__
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  printf("int80 %s\n", WIFSIGNALED(status) ? "killed" : "ok");
#endif
}

int main(int count, char **words) {
  if (count != 3) return 2;
  key_t key = (key_t)strtol(words[2], NULL, 10);
  if (!strcmp(words[1], "--make")) {
    printf("%d\n", shmget(key, 4096, IPC_CREAT | 0600));
    return 0;
  }
  sockets();
  other_processes();
  kernel();
  old_interface();
  say("fifo-of-host", open_and_close(words[1], O_WRONLY | O_NONBLOCK));
  say("shm-of-host", shmget(key, 4096, 0600));
  say("core_pattern", write_same("/proc/sys/kernel/core_pattern"));
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/environ", (int)getppid());
  say("environ-of-parent", open_and_close(path, O_RDONLY));
  snprintf(path, sizeof path, "/proc/%d/mem", (int)getppid());
  say("memory-of-parent", open_and_close(path, O_RDWR));
  return 0;
}
