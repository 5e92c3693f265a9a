/*
 * What a shell cannot do by itself, for the attacks of `list.ts`:
 *
 *   tool receive ADDRESS FILE   outside: waits for one datagram and keeps it in FILE
 *   tool accept ADDRESS FILE    outside: waits for one connection, keeps what it says
 *   tool datagram ADDRESS       sends PWNED
 *   tool stream ADDRESS         connects and sends PWNED
 *   tool swap PATH PATH         exchanges two entries as fast as it can, says so first
 *   tool bomb COUNT             starts processes; says ESCAPED when it got that many
 *   tool chain FILE             a daemon that is another process at every moment, for a
 *                               second; then keeps PWNED in FILE
 *   tool grow MEGABYTES         takes memory; says ESCAPED when it got that much
 *
 * ADDRESS is a path, or a name in the abstract namespace after an @.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static socklen_t address_of(const char *text, struct sockaddr_un *address) {
  size_t length = strlen(text);
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  memcpy(address->sun_path, text, length);
  if (text[0] == '@') address->sun_path[0] = '\0';
  return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static int keep(int fd, const char *path) {
  char text[64];
  ssize_t length = read(fd, text, sizeof text);
  FILE *file = fopen(path, "w");
  if (!file || length <= 0) return 1;
  fwrite(text, 1, (size_t)length, file);
  return fclose(file);
}

static int send_to(int type, const char *text) {
  struct sockaddr_un address;
  struct iovec content = { "PWNED", 5 };
  struct msghdr message = { .msg_iov = &content, .msg_iovlen = 1 };
  socklen_t length = address_of(text, &address);
  int fd = socket(AF_UNIX, type, 0);
  if (type == SOCK_DGRAM) {
    message.msg_name = &address;
    message.msg_namelen = length;
  } else if (connect(fd, (struct sockaddr *)&address, length) < 0) {
    return 1;
  }
  return sendmsg(fd, &message, 0) < 0;
}

static int wait_on(int type, const char *text, const char *path) {
  struct sockaddr_un address;
  socklen_t length = address_of(text, &address);
  int fd = socket(AF_UNIX, type, 0);
  if (bind(fd, (struct sockaddr *)&address, length) < 0) return 1;
  if (type == SOCK_DGRAM) return keep(fd, path);
  return listen(fd, 1) < 0 || keep(accept(fd, NULL, NULL), path);
}

static int bomb(int wanted) {
  pid_t *children = calloc((size_t)wanted, sizeof *children);
  int count = 0;
  while (children && count < wanted) {
    pid_t child = fork();
    if (child < 0) break;
    if (child == 0)
      for (;;) pause();
    children[count++] = child;
  }
  printf(count == wanted ? "ESCAPED\n" : "stopped at %d\n", count);
  fflush(stdout);
  for (int i = 0; i < count; i++) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) continue;
  return 0;
}

static int chain(const char *path) {
  struct timespec now, end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += 1;
  for (;;) {
    pid_t child = fork();
    if (child > 0) _exit(0);
    if (child == 0) setsid();
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec > end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec > end.tv_nsec)) break;
  }
  FILE *file = fopen(path, "w");
  return !file || fputs("PWNED", file) < 0 || fclose(file);
}

static int grow(size_t megabytes) {
  for (size_t i = 0; i < megabytes; i++) {
    char *part = malloc(1 << 20);
    if (!part) return printf("stopped at %zu\n", i) < 0;
    memset(part, 1, 1 << 20);
  }
  return puts("ESCAPED") < 0;
}

static int swap(const char *one, const char *other) {
  puts("ready");
  fflush(stdout);
  for (;;)
    if (syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, 2 /* exchange */) < 0) return 1;
}

int main(int count, char **words) {
  alarm(60);
  if (count < 3) return 2;
  if (!strcmp(words[1], "datagram")) return send_to(SOCK_DGRAM, words[2]);
  if (!strcmp(words[1], "stream")) return send_to(SOCK_STREAM, words[2]);
  if (!strcmp(words[1], "chain")) return chain(words[2]);
  if (!strcmp(words[1], "grow")) return grow((size_t)atoi(words[2]));
  if (!strcmp(words[1], "bomb")) return bomb(atoi(words[2]));
  if (count < 4) return 2;
  if (!strcmp(words[1], "swap")) return swap(words[2], words[3]);
  if (!strcmp(words[1], "receive")) return wait_on(SOCK_DGRAM, words[2], words[3]);
  if (!strcmp(words[1], "accept")) return wait_on(SOCK_STREAM, words[2], words[3]);
  return 2;
}
